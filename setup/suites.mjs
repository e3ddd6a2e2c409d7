// @ts-check
/** The suites of `npm test`: each gives what it came to. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { asAccount } from './account.mjs';
import { run, runInherited } from './exec.mjs';
import { SYSTEMD_GUEST, bootObstacle, guestObstacle, guestSuite } from './guest-facts.mjs';
import { asRoot, readOr } from './host.mjs';
import { outcomeOfCheck, outcomeOfReport } from './outcome.mjs';
import { placeEnvironment } from './place.mjs';
import { ROOT } from './project.mjs';
import { TEST_BASE, copyTree, vitestCommand } from './test-tree.mjs';
import { vmObstacle } from './vm-facts.mjs';

/**
 * @typedef {object} Ground
 * @property {import('./host.mjs').Host} host
 * @property {import('./account.mjs').Account} account
 *
 * @typedef {object} Suite
 * @property {string} name
 * @property {(ground: Ground) => Promise<string | undefined>} [obstacle] why it can't run here, if so
 * @property {boolean} [isBeside] may run beside those that make sessions on this machine: it makes none here
 * @property {boolean} [isFree] it makes none anywhere: whoever is done first may take it
 * @property {(ground: Ground, output: 'inherit' | number) => Promise<import('./outcome.mjs').Outcome>} run
 */

const FREE = { isBeside: true, isFree: true };

/**
 * All suites for a host, in order: each later one may use what an earlier one of its lane has made.
 * @param {string} codename of the host's Debian
 * @returns {Suite[]}
 */
export function suitesFor(codename) {
  const guest = guestSuite(codename);
  return [
    { name: 'integration', run: (ground) => runIntegration(ground, 'integration', {}, []) },
    {
      name: 'integration:containerd',
      run: (ground) =>
        runIntegration(ground, 'integration:containerd', { CT_ENGINE: 'containerd' }, BOTH_ENGINES),
    },
    { name: 'root', obstacle: rootObstacle, run: runAsRoot },
    {
      name: `host:${guest}`,
      isBeside: true,
      obstacle: ({ host }) => guestObstacle(host, guest),
      run: ({ host }, output) => runOnGuest(host, guest, 'integration', output),
    },
    {
      name: 'host:systemd',
      isBeside: true,
      obstacle: ({ host }) => bootObstacle(host),
      run: ({ host }, output) => runOnGuest(host, SYSTEMD_GUEST, 'systemd', output),
    },
    {
      name: 'host:vm',
      isBeside: true,
      obstacle: ({ host }) => vmObstacle(host),
      run: ({ host }, output) => runOnGuest(host, SYSTEMD_GUEST, 'vm', output),
    },
    // Last, so that both lanes take about as long: these need nothing that another one has.
    { name: 'unit', ...FREE, run: (_ground, output) => runUnits(output) },
    { name: 'lint', ...FREE, run: (_ground, output) => check('lint', output) },
    { name: 'types', ...FREE, run: (_ground, output) => check('types', output) },
  ];
}

/**
 * @param {string} script of package.json
 * @param {'inherit' | number} output
 */
async function check(script, output) {
  const argv = ['npm', 'run', '--silent', script];
  return outcomeOfCheck(await runInherited(argv, { cwd: ROOT, stdin: 'ignore', output }));
}

/** @param {'inherit' | number} output */
function runUnits(output) {
  return withReport('unit', (report) => {
    const env = { ...process.env, CT_TEST_REPORT: report };
    const argv = vitestCommand(process.execPath, ['unit', 'arch']);
    return runInherited(argv, { cwd: ROOT, env, stdin: 'ignore', output });
  });
}

/**
 * The suites of sessions that must hold on either engine; the contract of the engines themselves is in
 * `integration`, for both. (The tests of the verified launch change what ct says to Podman's REST.)
 */
const BOTH_ENGINES = [
  'run',
  'secrets',
  'registry',
  'lifecycle',
  'launcher',
  'terminal',
  'attack',
  'canary',
].map((name) => `test/integration/${name}.test.ts`);

/**
 * A variable of the caller's, where he set it: the account has an environment of its own.
 * @param {string} name
 * @returns {Record<string, string>}
 */
function chosen(name) {
  const value = process.env[name];
  return value === undefined ? {} : { [name]: value };
}

/**
 * @param {Ground} ground
 * @param {string} name
 * @param {Record<string, string>} variables
 * @param {readonly string[]} files of the project, or none for all
 */
async function runIntegration({ host, account }, name, variables, files) {
  const base = testBase(account);
  const tree = join(base, 'tree');
  await copyTree(tree, `${account.uid}:${account.gid}`, host.privilege === 'root');
  const report = join(tree, 'report.json');
  const argv = asAccount(
    account,
    tree,
    [...vitestCommand(process.execPath, ['integration']), ...files],
    {
      ...variables,
      ...{ CT_TEST_REPORT: report, CT_TEST_HOST: `${host.name}, ${await podmanVersion()}` },
      ...chosen('CT_TEST_STREAM_S'),
      ...runtimeDirectory(account),
    },
  );
  const code = await runInherited(argv, { stdin: 'ignore' });
  return outcomeOfReport(name, readOr(report, ''), code);
}

/** @param {Ground} ground */
async function rootObstacle({ host }) {
  return host.privilege === 'none' ? 'it needs root (or sudo) to make accounts' : undefined;
}

/**
 * As root, from the checkout. The store of the integration tests, where there is one, saves each of
 * the accounts made there the building of an image.
 * @param {Ground} ground
 */
function runAsRoot({ host, account }) {
  return withReport('root', (report) => {
    const store = join(account.home, '.local/share/containers/storage');
    // Not in the checkout, which may belong to somebody else.
    const cache = '/var/cache/ct-test/vite';
    const env = { CT_TEST_REPORT: report, CT_TEST_STORE: store, CT_TEST_CACHE: cache };
    const argv = vitestCommand(process.execPath, ['root']);
    const variables = pairs({ ...placeEnvironment(process.env), ...env });
    const asked = asRoot(host, ['env', '-C', ROOT, ...variables, ...argv]);
    return runInherited(asked, { stdin: 'ignore' });
  });
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
 * @param {string} project
 * @param {'inherit' | number} output
 */
function runOnGuest(host, guest, project, output) {
  return withReport(`host:${project === 'integration' ? guest : project}`, (report) => {
    const program = [join(ROOT, 'setup/guest.mjs'), guest, project, report];
    const argv = ['env', ...pairs(placeEnvironment(process.env)), process.execPath, ...program];
    return runInherited(asRoot(host, argv), { stdin: 'ignore', output });
  });
}

/**
 * A suite whose runner writes a report into a directory that is gone afterwards.
 * @param {string} name
 * @param {(report: string) => Promise<number>} work gives the runner's exit status
 */
async function withReport(name, work) {
  const out = mkdtempSync(join(tmpdir(), 'ct-suite-'));
  const report = join(out, 'report.json');
  try {
    const code = await work(report);
    return outcomeOfReport(name, readOr(report, ''), code);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

/** @param {Record<string, string>} variables */
function pairs(variables) {
  return Object.entries(variables).map(([key, value]) => `${key}=${value}`);
}
