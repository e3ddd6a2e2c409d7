// @ts-check
/** A copy of this checkout for the account that runs the integration tests, and vitest's command there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { runLogged } from './exec.mjs';
import { ROOT } from './project.mjs';

/** Where root keeps the test account's home and tree, on this host and on a guest. */
export const TEST_BASE = '/var/lib/ct-test';

const PARTS = [
  ...['dist', 'src', 'test', 'templates', 'seccomp', 'bench', 'setup', 'node_modules'],
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'vitest.config.ts', 'build.mjs'],
];

/**
 * Copies the tree to a place where nothing was, owned by `owner`.
 * @param {string} target
 * @param {string} owner `uid:gid`
 * @param {boolean} isRoot whether owners can be changed
 */
export async function copyTree(target, owner, isRoot) {
  const parts = PARTS.map((part) => join(ROOT, part)).filter((path) => existsSync(path));
  const what = 'could not copy the tree for the tests';
  await runLogged(what, ['rm', '-rf', '--one-file-system', target]);
  await runLogged(what, ['mkdir', '-p', '-m', '0755', target]);
  await runLogged(what, ['cp', '-a', '--reflink=auto', ...parts, target]);
  if (isRoot) await runLogged(what, ['chown', '-R', '-h', owner, target]);
}

/**
 * vitest for some projects, reporting to us as well as to a person; what fails is run once more.
 * @param {string} node
 * @param {readonly string[]} projects
 * @returns {string[]}
 */
export function vitestCommand(node, projects) {
  return [
    ...[node, 'setup/vitest.mjs'],
    ...projects.flatMap((project) => ['--project', project]),
    ...['--reporter=default', '--reporter=./test/reporter.mjs'],
  ];
}
