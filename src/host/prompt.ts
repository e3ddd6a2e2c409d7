import { CtError } from '../base/errors.ts';

/** Longest line that is taken from a terminal or a pipe, `bytes`. */
const MAX_BYTES = 1024 * 1024;

/** Keys. Source: ASCII; termios(3) for what they do in a line */
const [CTRL_C, CTRL_D, BACKSPACE, CTRL_U, DELETE] = [3, 4, 8, 21, 127];

/**
 * A line that is typed and not shown, without its end. The question goes to standard error.
 *
 * Errors: canceled on Ctrl-C, and on Ctrl-D in an empty line; failed_precondition without a terminal
 */
export async function askHidden(question: string): Promise<Buffer> {
  const input = process.stdin;
  if (input.isTTY !== true) throw noTerminal();
  process.stderr.write(`${question}: `);
  const restore = (): void => void input.setRawMode(false);
  process.once('exit', restore);
  input.setRawMode(true);
  try {
    return await readHiddenLine(input);
  } finally {
    restore();
    process.off('exit', restore);
    input.pause();
    process.stderr.write('\n');
  }
}

function readHiddenLine(input: NodeJS.ReadStream): Promise<Buffer> {
  let typed: number[] = [];
  return new Promise((resolve, reject) => {
    const end = (settle: () => void): void => {
      input.off('data', onData).off('end', onEnd);
      settle();
    };
    const onEnd = (): void => end(() => reject(canceled()));
    const onData = (chunk: Buffer): void => {
      for (const byte of chunk) {
        if (byte === CTRL_C || (byte === CTRL_D && typed.length === 0)) return onEnd();
        if (byte === 13 || byte === 10 || byte === CTRL_D) {
          return end(() => resolve(Buffer.from(typed)));
        }
        if (byte === CTRL_U) typed = [];
        else if (byte === BACKSPACE || byte === DELETE) typed = withoutLastCharacter(typed);
        else if (typed.length < MAX_BYTES) typed.push(byte);
      }
    };
    input.on('data', onData).on('end', onEnd).resume();
  });
}

/** One character of UTF-8: its bytes but the first begin with the bits 10. */
function withoutLastCharacter(bytes: number[]): number[] {
  let end = bytes.length - 1;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.slice(0, Math.max(end, 0));
}

/**
 * A question whose answer is no unless it begins with y. Asked on standard error.
 *
 * Errors: canceled on Ctrl-C or the end of input
 */
export async function askYesNo(question: string): Promise<boolean> {
  const input = process.stdin;
  if (input.isTTY !== true) throw noTerminal();
  process.stderr.write(`${question} [y/N] `);
  const line = await new Promise<string>((resolve, reject) => {
    const end = (settle: () => void): void => {
      input.off('data', onData).off('end', onEnd).pause();
      settle();
    };
    const onData = (chunk: Buffer): void => end(() => resolve(chunk.toString('utf8')));
    const onEnd = (): void => end(() => reject(canceled()));
    input.on('data', onData).on('end', onEnd).resume();
  });
  return /^\s*y(?:es)?\s*$/iu.test(line);
}

/**
 * All of standard input.
 *
 * Errors: invalid_argument when there is more than any secret has
 */
export async function readAllInput(): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of process.stdin as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new CtError('invalid_argument', 'the input is larger than 1 MiB');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function canceled(): CtError {
  return new CtError('canceled', 'nothing was typed', { details: { signal: 'SIGINT' } });
}

function noTerminal(): CtError {
  return new CtError('failed_precondition', 'there is no terminal to ask on');
}
