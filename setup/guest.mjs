// @ts-check
/**
 * `node setup/guest.mjs SUITE PROJECT REPORT` (as root): one of vitest's projects on another Debian, in a
 * root directory of its own with its own namespaces, on this kernel. The project `systemd` has it booted,
 * and `logins` follows it there, as root; `vm` on a kernel of its own.
 * It works on a copy that is removed afterwards, so that no run spoils the next; what it mounts goes
 * with its mount namespace.
 */
import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asAccount, parsePasswd } from './account.mjs';
import { dropLogs, run, runInherited, runLogged } from './exec.mjs';
import { inGuest } from './guest-enter.mjs';
import { LEFT_OUT, leftOutOf } from './guest-facts.mjs';
import { furnish } from './guest-place.mjs';
import { GUEST_ACCOUNT, ensureGuestRoot } from './guest-root.mjs';
import { makeRunDirectory, removeRunDirectory, sweepRunDirectories } from './guest-run-dir.mjs';
import { keepStore, takeStore } from './guest-store.mjs';
import { nspawnObstacle, runBooted } from './guest-systemd.mjs';
import { runInVm } from './guest-vm.mjs';
import { parseOsRelease, readOr } from './host.mjs';
import { joinReports } from './outcome.mjs';
import { SetupError, sayFailure, step } from './say.mjs';
import { TEST_BASE, copyTree, vitestCommand } from './test-tree.mjs';
import { NOWHERE, emulatorObstacle } from './vm-facts.mjs';

/**
 * @param {string} suite
 * @param {string} project
 * @param {string} report
 */
async function main(suite, project, report) {
  process.umask(0o022);
  const pristine = await ensureGuestRoot(suite);
  await sweepRunDirectories();
  const root = makeRunDirectory();
  try {
    const account = await lookUpIn(pristine);
    await step(`copy the ${suite} root and the tree`, async () => {
      await runLogged('could not copy the root', [...COPY, `${pristine}/.`, root]);
      await furnish(root, account);
      await copyTree(join(root, TEST_BASE, 'tree'), `${account.uid}:${account.gid}`, true);
    });
    const booted = project === 'systemd';
    const obstacle = (await nodeObstacle(root)) ?? (await PROJECT_OBSTACLES[project]?.(root));
    if (obstacle) {
      writeFileSync(report, JSON.stringify({ obstacle }));
      return 0;
    }
    if (booted) takeStore(root, suite, account);
    const code = await runTests({ root, suite, account, node: guestNode(root) }, project);
    writeFileSync(report, joinReports([...reportsOf(root, project), leftOutOf(project)]));
    keepStore(root, suite);
    return code;
  } finally {
    await removeRunDirectory(root);
    if (existsSync(report)) chmodSync(report, 0o644);
  }
}

const REPORTS = { tests: 'tree/report.json', logins: 'tree/report-logins.json' };

/**
 * What the runners have written down; empty for one that did not come to it.
 * @param {string} root
 * @param {string} project
 */
function reportsOf(root, project) {
  const names = project === 'systemd' ? [REPORTS.tests, REPORTS.logins] : [REPORTS.tests];
  return names.map((name) => readOr(join(root, TEST_BASE, name), ''));
}

/**
 * The command of the tests that log accounts in and out, as root.
 * @param {import('./guest-vm.mjs').Guest} guest
 * @param {string} tree
 */
function loginsIn({ account, node }, tree) {
  const variables = [
    ...['HOME=/root', `CT_TEST_BIN=${tree}/dist/main.cjs`],
    `CT_TEST_REPORT=${TEST_BASE}/${REPORTS.logins}`,
    `CT_TEST_STORE=${account.home}/.local/share/containers/storage`,
  ];
  return ['env', '-C', tree, ...variables, ...vitestCommand(node, ['logins'])];
}

/**
 * A project's tests in a furnished root.
 * @param {import('./guest-vm.mjs').Guest} guest
 * @param {string} project
 */
async function runTests(guest, project) {
  const { root, account } = guest;
  const tree = `${TEST_BASE}/tree`;
  const variables = {
    CT_TEST_REPORT: `${TEST_BASE}/${REPORTS.tests}`,
    CT_TEST_BIN: `${tree}/dist/main.cjs`,
    CT_TEST_HOST: await nameOf(root),
    ...(project === 'integration' ? {} : { XDG_RUNTIME_DIR: `/run/user/${account.uid}` }),
  };
  const testsIn = (/** @type {string[]} */ ...words) => {
    const command = [...vitestCommand(guest.node, [project]), ...words];
    return asAccount(account, tree, command, variables, project === 'vm' ? NOWHERE : undefined);
  };
  if (project === 'systemd') return runBooted(root, account, [testsIn(), loginsIn(guest, tree)]);
  if (project === 'vm') return inVm(guest, testsIn, variables.CT_TEST_REPORT);
  const leftOut = Object.keys(LEFT_OUT).flatMap((path) => ['--exclude', path]);
  const argv = inGuest(root, account, testsIn(...leftOut));
  return runInherited(argv, { stdin: 'ignore', cwd: '/', endWith: 'SIGKILL' });
}

/**
 * @param {import('./guest-vm.mjs').Guest} guest
 * @param {(directory: string) => readonly string[]} testsIn
 * @param {string} report
 */
async function inVm(guest, testsIn, report) {
  const work = makeRunDirectory('-vm');
  try {
    return await runInVm(guest, work, testsIn, report);
  } finally {
    await removeRunDirectory(work);
  }
}

/**
 * Why tests can't run in a root, if so: the host's Node may not run there.
 * @param {string} root
 */
async function nodeObstacle(root) {
  const { code, stderr } = await run(['chroot', root, guestNode(root), '--version']);
  return code === 0 ? undefined : `this Node doesn't run there (${stderr.trim()})`;
}

/** @type {Record<string, (root: string) => Promise<string | undefined>>} */
const PROJECT_OBSTACLES = { systemd: nspawnObstacle, vm: emulatorObstacle };

const USAGE = 'node setup/guest.mjs trixie integration report.json';

const COPY = ['cp', '-a', '--reflink=auto'];

/** @param {string} root */
async function lookUpIn(root) {
  const { stdout } = await run(['chroot', root, 'getent', 'passwd', GUEST_ACCOUNT]);
  const account = parsePasswd(stdout);
  if (account) return account;
  throw new SetupError('the guest has no test account', root, `rm -rf ${root}; npm test`);
}

/** @param {string} root */
function guestNode(root) {
  return existsSync(join(root, 'usr/local/bin/node')) ? '/usr/local/bin/node' : '/usr/bin/node';
}

/** @param {string} root */
async function nameOf(root) {
  const { VERSION_ID } = parseOsRelease(readOr(join(root, 'etc/os-release'), ''));
  const query = ['dpkg-query', '-W', '-f', '${Version}', 'podman'];
  const { stdout } = await run(['chroot', root, ...query]);
  return `Debian ${VERSION_ID}, Podman ${/^[\d.]+/.exec(stdout)?.[0]}`;
}

process.exitCode = 1;
const [suite = '', project = '', report = ''] = process.argv.slice(2);
try {
  // Never a device by default: the report is made readable for everybody, and that took /dev/null away.
  if (report === '') {
    throw new SetupError('words are missing', 'a Debian, a project, a file for the report', USAGE);
  }
  process.exitCode = await main(suite, project, report);
  dropLogs();
} catch (error) {
  sayFailure(error);
}
