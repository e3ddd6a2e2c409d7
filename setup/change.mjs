// @ts-check
/** A change to the machine as a value: it can be printed, carried out, or handed to an administrator. */
import { run } from './exec.mjs';
import { asRoot } from './host.mjs';
import { SetupError, say } from './say.mjs';

/**
 * @typedef {object} Change
 * @property {string} text what it does, for a person
 * @property {string[][]} commands what root runs for it, in order
 * @property {string} [input] text for the commands' stdin
 * @property {boolean} [optional] a failure is a warning, not the end
 */

/**
 * Carries out small changes; long ones (packages) have their own step.
 * @param {import('./host.mjs').Host} host
 * @param {readonly Change[]} changes
 */
export async function applyChanges(host, changes) {
  for (const change of changes) {
    const failure = await firstFailure(host, change);
    if (!failure) say(`• ${change.text}: done`);
    else if (change.optional) say(`! ${change.text}: not possible here (${failure.why}); going on`);
    else
      throw new SetupError(`could not ${change.text}`, failure.why, `as root: ${failure.command}`);
  }
}

/**
 * @param {import('./host.mjs').Host} host
 * @param {Change} change
 */
async function firstFailure(host, change) {
  for (const [index, argv] of change.commands.entries()) {
    const { code, stderr } = await run(asRoot(host, argv), change);
    const why = stderr.trim() || `status ${code}`;
    if (code !== 0) return { command: showChange(change)[index] ?? '', why };
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
      .flatMap((change) => [`# ${change.text}`, ...showChange(change)])
      .join('\n')}`,
  );
}

/**
 * A change's commands as lines to type.
 * @param {Change} change
 */
export function showChange({ commands, input }) {
  const feed = input === undefined ? '' : `${showCommand(['printf', '%s', input])} | `;
  return commands.map((argv) => `${feed}${showCommand(argv)}`);
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
