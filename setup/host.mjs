// @ts-check
/** What this machine is, and whether set-up may change it. */
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { run, runInherited } from './exec.mjs';
import { SetupError, say } from './say.mjs';

/** The oldest Node that `ct` runs on. */
export const OLDEST_NODE = [20, 18];

/**
 * @typedef {'root' | 'sudo' | 'none'} Privilege how commands that need root are run here
 *
 * @typedef {object} Host
 * @property {Privilege} privilege
 * @property {string} user the caller's own login name
 * @property {string} name e.g. `Debian 12`
 * @property {string} codename e.g. `bookworm`
 */

/**
 * Refuses a Node that is too old.
 * @param {string} version as in `process.versions.node`
 */
export function checkNode(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [oldMajor = 0, oldMinor = 0] = OLDEST_NODE;
  if (major > oldMajor || (major === oldMajor && minor >= oldMinor)) return;
  throw new SetupError(
    'this Node is too old',
    `ct needs Node ${OLDEST_NODE.join('.')} or newer; this is ${version} (${process.execPath})`,
    'install a newer Node (Debian 13 has one: apt-get install nodejs npm), then: npm start',
  );
}

/**
 * The fields of an os-release file.
 * @param {string} text
 * @returns {Record<string, string>}
 */
export function parseOsRelease(text) {
  /** @type {Record<string, string>} */
  const fields = {};
  for (const line of text.split('\n')) {
    const [, key, value] = /^([A-Z_0-9]+)=(.*)$/.exec(line) ?? [];
    if (key !== undefined && value !== undefined)
      fields[key] = value.replace(/^(["'])(.*)\1$/, '$2');
  }
  return fields;
}

/**
 * Looks at the machine.
 * @returns {Promise<Host>}
 */
export async function probeHost() {
  const release = parseOsRelease(readOr('/etc/os-release', ''));
  return {
    privilege: await probePrivilege(),
    user: userInfo().username,
    name: `${(release['NAME'] ?? 'Linux').split(' ')[0]} ${release['VERSION_ID'] ?? ''}`.trim(),
    codename: release['VERSION_CODENAME'] ?? '',
  };
}

/** @returns {Promise<Privilege>} */
async function probePrivilege() {
  if (process.getuid?.() === 0) return 'root';
  if ((await run(['sudo', '-n', 'true'])).code === 0) return 'sudo';
  if ((await run(['sudo', '-V'])).code !== 0 || !process.stdin.isTTY) return 'none';
  say('set-up may need root for packages and devices; sudo asks for your password:');
  return (await runInherited(['sudo', '-v'])) === 0 ? 'sudo' : 'none';
}

/**
 * The same command with the rights of root.
 * @param {Host} host
 * @param {readonly string[]} argv
 * @returns {string[]}
 */
export function asRoot(host, argv) {
  return host.privilege === 'root' ? [...argv] : ['sudo', '--', ...argv];
}

/**
 * A file's text, or `otherwise` when it can't be read.
 * @param {string} path
 * @param {string} otherwise
 */
export function readOr(path, otherwise) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
