// @ts-check
/** The `ct` in a bin directory: a link into our own library, swapped in one step. */
import * as fs from 'node:fs';
import { dirname, resolve } from 'node:path';
import { SetupError, say } from './say.mjs';

/**
 * Refuses to replace a command that isn't ours.
 * @param {string} command
 * @param {string} library
 */
export function checkOurs(command, library) {
  const found = fs.lstatSync(command, { throwIfNoEntry: false });
  if (!found) return;
  if (found.isSymbolicLink()) {
    const target = resolve(dirname(command), fs.readlinkSync(command));
    if (target.startsWith(`${library}/`)) return;
  }
  throw new SetupError(
    `${command} is taken`,
    'a file of that name is there which this set-up has not made',
    `move it away (mv ${command} ${command}.other), then: npm start`,
  );
}

/**
 * Makes `link` point to `target`, replacing what it was.
 * @param {string} link
 * @param {string} target
 */
export function pointTo(link, target) {
  fs.mkdirSync(dirname(link), { recursive: true, mode: 0o755 });
  const next = `${link}.next-${process.pid}`;
  fs.rmSync(next, { force: true });
  fs.symlinkSync(target, next);
  fs.renameSync(next, link);
}

/**
 * Says how to put a directory on PATH when it isn't there.
 * @param {string} directory
 */
export function hintPath(directory) {
  if ((process.env['PATH'] ?? '').split(':').includes(directory)) return;
  say(`! ${directory} is not on your PATH; add this line to ~/.profile and log in again:`);
  say(`  PATH="$HOME/.local/bin:$PATH"`);
}
