// @ts-check
/** The pristine root directory of a guest: made once by mmdebstrap, then only copied. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { run, runLogged } from './exec.mjs';
import { guestPackages } from './guest-facts.mjs';
import { readOr } from './host.mjs';
import { aptPlaceOptions, debianMirror } from './place.mjs';
import { say, step } from './say.mjs';
import { TEST_BASE } from './test-tree.mjs';

/** Where pristine roots and their working copies are kept. */
export const CACHE = '/var/cache/ct-test';

/** Name of the account that runs the tests in a guest. */
export const GUEST_ACCOUNT = 'ct-test';

/**
 * The cached root of a suite; made when it is missing or its recipe has changed.
 * @param {string} suite
 * @returns {Promise<string>}
 */
export async function ensureGuestRoot(suite) {
  const packages = guestPackages(suite);
  const recipe = createHash('sha256')
    .update(['1', ...packages].join(' '))
    .digest('hex');
  const root = join(CACHE, `${suite}-${recipe.slice(0, 12)}`);
  if (existsSync(root)) {
    say(`• ${suite} root: cached (${root})`);
    return root;
  }
  const part = `${root}.part-${process.pid}`;
  mkdirSync(CACHE, { recursive: true, mode: 0o755 });
  await step(`make a ${suite} root with mmdebstrap`, () => bootstrap(suite, packages, part));
  renameSync(part, root);
  return root;
}

/**
 * @param {string} suite
 * @param {readonly string[]} packages
 * @param {string} root
 */
async function bootstrap(suite, packages, root) {
  const options = (await placeOptions()).map((line) => `--aptopt=${line}`);
  const include = `--include=${packages.join(',')}`;
  const what = `could not make a ${suite} root`;
  const next = 'check that the Debian mirror of this machine has that suite, then: npm test';
  const kind = ['--mode=root', '--variant=minbase', '--dpkgopt=force-unsafe-io'];
  const argv = ['mmdebstrap', ...kind, include, ...options, suite, root, ...ownMirror()];
  await runLogged(what, argv, { next });
  const base = ['install', '-d', '-m', '0755', TEST_BASE];
  await runLogged(what, ['chroot', root, ...base]);
  // 1000: the usual one, so that the whole suite shows a host uid that is the agent's own uid inside.
  const account = ['-u', '1000', '-m', '-s', '/bin/bash', '-d', `${TEST_BASE}/home`];
  const useradd = ['useradd', ...account, GUEST_ACCOUNT];
  await runLogged(what, ['chroot', root, ...useradd]);
}

/** How this machine's apt reaches its archives, as lines of apt configuration. */
export async function placeOptions() {
  return aptPlaceOptions((await run(['apt-config', 'dump'])).stdout);
}

/** This machine's Debian mirror, or nothing: mmdebstrap has its own then. */
function ownMirror() {
  const directory = '/etc/apt/sources.list.d';
  const files = existsSync(directory)
    ? readdirSync(directory).map((name) => join(directory, name))
    : [];
  const text = ['/etc/apt/sources.list', ...files].map((path) => readOr(path, '')).join('\n\n');
  const codename = /^VERSION_CODENAME=(\w+)/m.exec(readOr('/etc/os-release', ''))?.[1] ?? '';
  const mirror = debianMirror(text, codename);
  return mirror ? [mirror] : [];
}
