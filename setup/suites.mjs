// @ts-check
/** The suites of `npm test`: each gives what it came to. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asAccount } from './account.mjs';
import { run, runInherited } from './exec.mjs';
import { guestObstacle, guestSuite } from './guest-facts.mjs';
import { asRoot, readOr } from './host.mjs';
import { outcomeNotRun, outcomeOfCheck, outcomeOfReport } from './outcome.mjs';
import { placeEnvironment } from './place.mjs';
import { ROOT } from './project.mjs';
import { TEST_BASE, copyTree, vitestCommand } from './test-tree.mjs';

/**
 * @typedef {object} Ground
 * @property {import('./host.mjs').Host} host
 * @property {import('./account.mjs').Account} account
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {(ground: Ground) => Promise<import('./outcome.mjs').Outcome>} run
 */

/**
 * All suites for a host, in order.
 * @param {string} codename of the host's Debian
 * @returns {Suite[]}
 */
export function suitesFor(codename) {
  const guest = guestSuite(codename);
  return [
    { name: 'lint', run: () => check(['npm', 'run', '--silent', 'lint']) },
    { name: 'types', run: () => check(['npm', 'run', '--silent', 'types']) },
    { name: 'unit', run: runUnits },
    { name: 'integration', run: runIntegration },
    { name: `host:${guest}`, run: ({ host }) => runOnGuest(host, guest) },
  ];
}

/** @param {string[]} argv */
async function check(argv) {
  return outcomeOfCheck(await runInherited(argv, { cwd: ROOT, stdin: 'ignore' }));
}

async function runUnits() {
  const out = mkdtempSync(join(tmpdir(), 'ct-unit-'));
  const report = join(out, 'report.json');
  try {
    const env = { ...process.env, CT_TEST_REPORT: report };
    const argv = vitestCommand(process.execPath, ['unit', 'arch']);
    const code = await runInherited(argv, { cwd: ROOT, env, stdin: 'ignore' });
    return outcomeOfReport('unit', readOr(report, ''), code);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** @param {Ground} ground */
async function runIntegration({ host, account }) {
  const base = testBase(account);
  const tree = join(base, 'tree');
  await copyTree(tree, `${account.uid}:${account.gid}`, host.privilege === 'root');
  const report = join(tree, 'report.json');
  const argv = asAccount(account, tree, vitestCommand(process.execPath, ['integration']), {
    ...{ CT_TEST_REPORT: report, CT_TEST_HOST: `${host.name}, ${await podmanVersion()}` },
    ...runtimeDirectory(account),
  });
  const code = await runInherited(argv, { stdin: 'ignore' });
  return outcomeOfReport('integration', readOr(report, ''), code);
}

/**
 * Where the tests' tree and home are.
 * @param {import('./account.mjs').Account} account
 */
export function testBase(account) {
  return account.isSelf ? join(account.home, '..') : TEST_BASE;
}

async function podmanVersion() {
  const { stdout } = await run(['podman', '--version']);
  return `Podman ${stdout.trim().split(' ').pop()}`;
}

/**
 * An account of its own finds its own directory; a person who tests as himself must not share his.
 * @param {import('./account.mjs').Account} account
 * @returns {Record<string, string>}
 */
function runtimeDirectory(account) {
  if (!account.isSelf) return {};
  const above = process.env['XDG_RUNTIME_DIR'] ?? '/dev/shm';
  const directory = join(above, `ct-test-${account.uid}`);
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  return { XDG_RUNTIME_DIR: directory };
}

/**
 * @param {import('./host.mjs').Host} host
 * @param {string} guest
 */
async function runOnGuest(host, guest) {
  const name = `host:${guest}`;
  const obstacle = await guestObstacle(host, guest);
  if (obstacle) return outcomeNotRun(name, obstacle);
  const out = mkdtempSync(join(tmpdir(), 'ct-guest-'));
  const report = join(out, 'report.json');
  try {
    const place = Object.entries(placeEnvironment(process.env)).map(
      ([key, value]) => `${key}=${value}`,
    );
    const program = [process.execPath, join(ROOT, 'setup/guest.mjs'), guest, report];
    const code = await runInherited(asRoot(host, ['env', ...place, ...program]), {
      stdin: 'ignore',
    });
    return outcomeOfReport(name, readOr(report, ''), code);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}
