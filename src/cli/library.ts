/** The one door to the command-line library. */
export { Cli, Command, Option } from 'clipanion';
export type { BaseContext, CommandClass } from 'clipanion';
