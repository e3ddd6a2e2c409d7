// @ts-check
/** The ordinary account that sessions run as, and how programs are run as it. */
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { applyChanges } from './change.mjs';
import { run } from './exec.mjs';
import { placeEnvironment } from './place.mjs';
import { SetupError, say } from './say.mjs';

/**
 * @typedef {object} Account
 * @property {string} name
 * @property {number} uid
 * @property {number} gid
 * @property {string} home
 * @property {boolean} isSelf whether the caller already is this account
 * @property {boolean} [isApart] the caller himself, but with another home and a clean environment
 */

/**
 * One line of the passwd database.
 * @param {string} line
 * @returns {Account | undefined}
 */
export function parsePasswd(line) {
  const [name, , uid, gid, , home] = line.trim().split(':');
  if (!name || !home) return undefined;
  return { name, uid: Number(uid), gid: Number(gid), home, isSelf: false };
}

/**
 * The account that runs sessions: the caller himself, or for root an account of the given name,
 * made when it is missing.
 * @param {import('./host.mjs').Host} host
 * @param {string} name
 * @param {readonly string[]} [useraddOptions] e.g. another home
 * @returns {Promise<Account>}
 */
export async function ensureAccount(host, name, useraddOptions = []) {
  if (host.privilege !== 'root') return ownAccount();
  const found = await lookUp(name);
  if (found) say(`• account ${name}: there (uid ${found.uid})`);
  else await applyChanges(host, [planAccount(name, useraddOptions)]);
  const account = found ?? (await lookUp(name));
  if (account && account.uid !== 0) return account;
  throw new SetupError(
    `the account "${name}" can't run sessions`,
    account
      ? 'it has uid 0, so it is root by another name'
      : 'useradd made it, but it is not found',
    `remove or rename that account (userdel ${name}), then run the same command again`,
  );
}

/**
 * @param {string} name
 * @param {readonly string[]} useraddOptions
 */
export function planAccount(name, useraddOptions) {
  const useradd = ['useradd', '-m', '-s', '/bin/bash', ...useraddOptions, name];
  return { text: `make the ordinary account "${name}", with subordinate ids`, commands: [useradd] };
}

/**
 * @param {string} name
 * @returns {Promise<Account | undefined>}
 */
export async function lookUp(name) {
  const { code, stdout } = await run(['getent', 'passwd', name]);
  return code === 0 ? parsePasswd(stdout) : undefined;
}

/** @returns {Account} */
export function ownAccount() {
  const { username, uid, gid, homedir } = userInfo();
  return { name: username, uid, gid, home: process.env['HOME'] ?? homedir, isSelf: true };
}

/**
 * The same command as the account, in a directory, with a clean log-in-like environment. A caller
 * who is the account keeps his own environment.
 * @param {Account} account
 * @param {string} directory
 * @param {readonly string[]} argv
 * @param {Record<string, string>} [variables] more of the environment
 * @param {Record<string, string>} [place] what the place it stands in needs, if not what the caller's does
 * @returns {string[]}
 */
export function asAccount(account, directory, argv, variables = {}, place) {
  const keeps = account.isSelf && !account.isApart;
  const clean = keeps ? [] : ['-i', ...pairs(logInEnvironment(account, place))];
  const inside = ['env', '-C', directory, ...clean, ...pairs(variables), ...argv];
  return account.isSelf ? inside : ['runuser', '-u', account.name, '--', ...inside];
}

/**
 * @param {Account} account
 * @param {Record<string, string>} [place]
 * @returns {Record<string, string>}
 */
function logInEnvironment(account, place = placeEnvironment(process.env)) {
  const { TERM = 'dumb', LANG = 'C.UTF-8' } = process.env;
  return {
    ...{ HOME: account.home, USER: account.name, LOGNAME: account.name, SHELL: '/bin/bash' },
    ...{ PATH: logInPath(dirname(process.execPath)), TERM, LANG },
    ...place,
  };
}

/**
 * The usual directories, and last the one that this Node is in.
 * @param {string} nodeDirectory
 */
export function logInPath(nodeDirectory) {
  const usual = ['/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  return [...usual, ...(usual.includes(nodeDirectory) ? [] : [nodeDirectory])].join(':');
}

/** @param {Record<string, string>} variables */
function pairs(variables) {
  return Object.entries(variables).map(([name, value]) => `${name}=${value}`);
}
