import { wantsColour } from './colour.ts';
import type { BaseContext } from './library.ts';

/** What commands see of the process; tests give their own. */
export type CtContext = BaseContext & {
  readonly uid: number;
};

/** The real process. */
export function processContext(): CtContext {
  return {
    env: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    // The library asks only whether it is more than one.
    colorDepth: wantsColour(process.env, process.stdout.isTTY) ? 4 : 1,
    uid: process.getuid?.() ?? -1,
  };
}

/** Whether a stream is a terminal. */
export function isTerminal(stream: NodeJS.ReadableStream | NodeJS.WritableStream): boolean {
  return (stream as { isTTY?: boolean }).isTTY === true;
}
