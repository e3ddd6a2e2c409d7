// @ts-check
/** The account's storage.conf: overlay, since Podman 4 left alone may choose vfs and copy whole images. */
import { asAccount } from './account.mjs';
import { run } from './exec.mjs';
import { SetupError, say } from './say.mjs';

const OVERLAY = '[storage]\ndriver = "overlay"\n';

/**
 * The storage driver that a storage.conf names, or undefined.
 * @param {string} text
 */
export function storageDriver(text) {
  return /^[ \t]*driver[ \t]*=[ \t]*["']([^"']+)["']/m.exec(text)?.[1];
}

/**
 * Writes the account's storage.conf where there is none; leaves one that is there alone.
 * @param {import('./account.mjs').Account} account
 */
export async function ensureStorage(account) {
  const path = `${account.home}/.config/containers/storage.conf`;
  if (await writeNew(account, path, OVERLAY)) return say(`• storage: overlay (wrote ${path})`);
  const { stdout } = await run(asAccount(account, '/', ['cat', path]));
  const driver = storageDriver(stdout);
  if (driver !== 'vfs') return say(`• storage: ${path} is there (driver ${driver ?? 'not named'})`);
  say(`! storage: ${path} says vfs: every session copies its whole image.`);
  say(`  To change it: podman system reset (removes ${account.name}'s images and containers),`);
  say(`  then put driver = "overlay" into that file.`);
}

/**
 * Writes a file as the account, only where nothing is. As the account, so that no link laid in its
 * home leads root's pen elsewhere.
 * @param {import('./account.mjs').Account} account
 * @param {string} path
 * @param {string} text
 * @returns {Promise<boolean>} whether it was written
 */
export async function writeNew(account, path, text) {
  const directory = path.slice(0, path.lastIndexOf('/'));
  const made = await run(asAccount(account, '/', ['mkdir', '-p', directory]));
  if (made.code !== 0) throw unwritable(account, directory, made.stderr);
  const there = await run(asAccount(account, '/', ['test', '-e', path, '-o', '-L', path]));
  if (there.code === 0) return false;
  const write = ['dd', `of=${path}`, 'conv=excl', 'status=none'];
  const { code, stderr } = await run(asAccount(account, '/', write), { input: text });
  if (code !== 0) throw unwritable(account, path, stderr);
  return true;
}

/**
 * @param {import('./account.mjs').Account} account
 * @param {string} path
 * @param {string} why
 */
function unwritable(account, path, why) {
  const next = `make ${account.home} and what is below it belong to ${account.name}, with free space`;
  return new SetupError(`could not write ${path} as ${account.name}`, why, next);
}
