// @ts-check
/**
 * `node setup/guest.mjs SUITE REPORT` (as root): the integration tests on another Debian, in a root
 * directory of its own with its own namespaces, on this kernel. It works on a copy that is removed
 * afterwards, so that no run spoils the next; what it mounts goes with its mount namespace.
 */
import { chmodSync, copyFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { asAccount, parsePasswd } from './account.mjs';
import { dropLogs, run, runInherited, runLogged } from './exec.mjs';
import { furnish } from './guest-place.mjs';
import { GUEST_ACCOUNT, ensureGuestRoot } from './guest-root.mjs';
import { makeRunDirectory, removeRunDirectory, sweepRunDirectories } from './guest-run-dir.mjs';
import { parseOsRelease, readOr } from './host.mjs';
import { SetupError, sayFailure, step } from './say.mjs';
import { ROOT } from './project.mjs';
import { TEST_BASE, copyTree, vitestCommand } from './test-tree.mjs';

/**
 * @param {string} suite
 * @param {string} report
 */
async function main(suite, report) {
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
    const code = await runTests(root, suite, account, report);
    const written = join(root, TEST_BASE, 'tree/report.json');
    if (existsSync(written)) copyFileSync(written, report);
    return code;
  } finally {
    await removeRunDirectory(root);
    if (existsSync(report)) chmodSync(report, 0o644);
  }
}

/**
 * The integration tests in a furnished root; notes in the report when it can't run this Node.
 * @param {string} root
 * @param {string} suite
 * @param {import('./account.mjs').Account} account
 * @param {string} report
 */
async function runTests(root, suite, account, report) {
  const node = guestNode(root);
  if ((await run(['chroot', root, node, '--version'])).code !== 0) {
    writeFileSync(report, JSON.stringify({ obstacle: `this Node doesn't run on ${suite}` }));
    return 0;
  }
  const tree = `${TEST_BASE}/tree`;
  const tests = asAccount(account, tree, vitestCommand(node, ['integration']), {
    CT_TEST_REPORT: `${tree}/report.json`,
    CT_TEST_HOST: await nameOf(root),
  });
  const enter = [join(ROOT, 'setup/guest-enter.sh'), root, `ct-${suite}`, String(account.uid)];
  const argv = [...UNSHARE, 'sh', ...enter, guestInit(root), '--', ...tests];
  // unshare heeds no gentler signal, and takes the whole guest with it.
  return runInherited(argv, { stdin: 'ignore', cwd: '/', endWith: 'SIGKILL' });
}

const COPY = ['cp', '-a', '--reflink=auto'];

const UNSHARE = ['unshare', '--mount', '--pid', '--fork', '--uts', '--ipc', '--kill-child', '--'];

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

/**
 * An init for the guest's process 1: node there would leave zombies that tests take for survivors.
 * @param {string} root
 */
function guestInit(root) {
  const places = ['/usr/bin/catatonit', '/usr/libexec/podman/catatonit'];
  return places.find((path) => existsSync(join(root, path))) ?? '/usr/bin/catatonit';
}

/** @param {string} root */
async function nameOf(root) {
  const { VERSION_ID } = parseOsRelease(readOr(join(root, 'etc/os-release'), ''));
  const query = ['dpkg-query', '-W', '-f', '${Version}', 'podman'];
  const { stdout } = await run(['chroot', root, ...query]);
  return `Debian ${VERSION_ID}, Podman ${/^[\d.]+/.exec(stdout)?.[0]}`;
}

process.exitCode = 1;
const [suite = 'trixie', report = '/dev/null'] = process.argv.slice(2);
try {
  process.exitCode = await main(suite, report);
  dropLogs();
} catch (error) {
  sayFailure(error);
}
