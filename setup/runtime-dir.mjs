// @ts-check
/** The account's run-time directory (sockets, secrets): `ct` finds one itself; here one is made sure of. */
import { accessSync, constants, existsSync, statSync, statfsSync } from 'node:fs';
import { applyChanges } from './change.mjs';
import { say } from './say.mjs';

const TMPFS = 0x01021994;

/**
 * @typedef {object} RuntimeDirFacts
 * @property {string | undefined} named $XDG_RUNTIME_DIR of the caller, when he is the account and it serves
 * @property {boolean} hasUserDir /run/user/<uid> is there, the account's own and private
 * @property {boolean} hasSystemd systemd runs this machine
 * @property {boolean} isRunTmpfs /run is gone after a reboot, as it should be
 * @property {boolean} hasSharedMemory /dev/shm takes directories from everyone
 */

/**
 * What to use, and the changes it takes.
 * @param {import('./account.mjs').Account} account
 * @param {RuntimeDirFacts} facts
 * @returns {{ text: string, changes: import('./change.mjs').Change[] }}
 */
export function planRuntimeDir(account, facts) {
  const own = `/run/user/${account.uid}`;
  if (facts.named) return { text: facts.named, changes: [] };
  if (facts.hasUserDir) return { text: own, changes: [] };
  if (facts.hasSystemd && !account.isSelf) {
    const text = `let ${account.name} have a user manager from boot on (lingering)`;
    return {
      text: own,
      changes: [{ text, commands: [['loginctl', 'enable-linger', account.name]] }],
    };
  }
  if (facts.hasSharedMemory && (account.isSelf || !facts.isRunTmpfs)) {
    return { text: `/dev/shm/ct-run-${account.uid}, made by ct itself`, changes: [] };
  }
  return { text: own, changes: [makeUserDir(account, own)] };
}

/**
 * @param {import('./account.mjs').Account} account
 * @param {string} own
 */
function makeUserDir(account, own) {
  const [uid, gid] = [String(account.uid), String(account.gid)];
  const commands = [
    ['install', '-d', '-m', '0755', '/run/user'],
    ['install', '-d', '-m', '0700', '-o', uid, '-g', gid, own],
  ];
  return { text: `make ${own} (a reboot removes it; npm start makes it again)`, commands };
}

/**
 * @param {import('./account.mjs').Account} account
 * @returns {RuntimeDirFacts}
 */
export function probeRuntimeDir(account) {
  const named = account.isSelf ? process.env['XDG_RUNTIME_DIR'] : undefined;
  return {
    named: named && isPrivateTo(account.uid, named) ? named : undefined,
    hasUserDir: isPrivateTo(account.uid, `/run/user/${account.uid}`),
    hasSystemd: existsSync('/run/systemd/system'),
    isRunTmpfs: statfsSync('/run').type === TMPFS,
    hasSharedMemory: isOpenToAll('/dev/shm'),
  };
}

/**
 * @param {import('./host.mjs').Host} host
 * @param {import('./account.mjs').Account} account
 */
export async function ensureRuntimeDir(host, account) {
  const { text, changes } = planRuntimeDir(account, probeRuntimeDir(account));
  await applyChanges(host, changes);
  say(`• run-time directory: ${text}`);
}

/**
 * @param {number} uid
 * @param {string} path
 */
function isPrivateTo(uid, path) {
  const found = statSync(path, { throwIfNoEntry: false });
  return found?.isDirectory() === true && found.uid === uid && (found.mode & 0o777) === 0o700;
}

/** @param {string} path */
function isOpenToAll(path) {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return (statSync(path).mode & 0o1777) === 0o1777;
  } catch {
    return false;
  }
}
