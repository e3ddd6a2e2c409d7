// @ts-check
/** A change to the machine as a value: it can be printed, carried out, or handed to an administrator. */
import { run } from './exec.mjs';
import { asRoot } from './host.mjs';
import { SetupError, say } from './say.mjs';

/**
 * @typedef {object} Change
 * @property {string} text what it does, for a person
 * @property {string[][]} commands what root runs for it, in order
 * @property {boolean} [optional] a failure is a warning, not the end
 */

/**
 * Carries out small changes; long ones (packages) have their own step.
 * @param {import('./host.mjs').Host} host
 * @param {readonly Change[]} changes
 */
export async function applyChanges(host, changes) {
  for (const change of changes) {
    const failure = await firstFailure(host, change.commands);
    if (!failure) say(`• ${change.text}: done`);
    else if (change.optional) say(`! ${change.text}: not possible here (${failure.why}); going on`);
    else
      throw new SetupError(`could not ${change.text}`, failure.why, `as root: ${failure.command}`);
  }
}

/**
 * @param {import('./host.mjs').Host} host
 * @param {string[][]} commands
 */
async function firstFailure(host, commands) {
  for (const argv of commands) {
    const { code, stderr } = await run(asRoot(host, argv));
    if (code !== 0) return { command: showCommand(argv), why: stderr.trim() || `status ${code}` };
  }
  return undefined;
}

/**
 * Stops with the commands for an administrator when root is needed and can't be had.
 * @param {import('./host.mjs').Host} host
 * @param {readonly Change[]} changes
 */
export function requirePrivilege(host, changes) {
  const needed = changes.filter((change) => !change.optional);
  if (host.privilege !== 'none' || needed.length === 0) return;
  throw new SetupError(
    'this machine needs changes that only root can make',
    `you are "${host.user}", not root, and sudo gives no root here`,
    `ask an administrator to run the lines below, then run the same command again:\n${needed
      .flatMap((change) => [`# ${change.text}`, ...change.commands.map(showCommand)])
      .join('\n')}`,
  );
}

/**
 * An argument array as one line to type into a shell.
 * @param {readonly string[]} argv
 */
export function showCommand(argv) {
  return argv
    .map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`))
    .join(' ');
}
