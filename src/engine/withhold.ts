import { pipeline, Transform } from 'node:stream';
import type { ProcessStreams } from './engine.ts';

/** What others say in a program's own output when they could not start it. */
export interface StartFailureWords {
  /** One of these begins it: output that begins otherwise is passed on at once */
  readonly beginnings: readonly string[];
  /** All of it, to the end of the output; names the program, so that what a program says of another one is not meant */
  readonly whole: RegExp;
}

/** Longer than any such text, `bytes` */
const MAX_BYTES = 16 * 1024;

/** Streams whose last output keeps a start failure back, and what it kept once they have ended. */
export interface Withheld {
  readonly streams: ProcessStreams;
  readonly said: () => string | undefined;
}

/**
 * Keeps what is said of a program that could not be started out of its output: the only text of its stderr, or of its
 * terminal. Whatever else comes there passes, down to the last byte; a text that is cut in pieces may pass too.
 */
export function withhold(streams: ProcessStreams, words: StartFailureWords): Withheld {
  let said: string | undefined;
  const { stdout, stderr } = streams;
  const rest = startFailureFilter(words, (text) => (said = text));
  // Either end that is closed closes the other one: that is no failure of its own.
  const passed = new Promise<void>((resolve) => pipeline(stderr ?? stdout, rest, () => resolve()));
  const ended = passed.then(() => streams.ended);
  // Whoever waits for the status alone does not look at it.
  ended.catch(() => undefined);
  return {
    streams: { ...streams, ...(stderr === undefined ? { stdout: rest } : { stderr: rest }), ended },
    said: () => said,
  };
}

function startFailureFilter(
  { beginnings, whole }: StartFailureWords,
  onSaid: (text: string) => void,
): Transform {
  let held: Buffer | undefined = Buffer.alloc(0);
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (held === undefined) return done(null, chunk);
      const all = Buffer.concat([held, chunk]);
      const isMeant = beginnings.some((text) => all.indexOf(text) === 0);
      held = isMeant && all.length <= MAX_BYTES ? all : undefined;
      if (held === undefined) this.push(all);
      done();
    },
    flush(done) {
      const text = held?.toString('utf8') ?? '';
      if (whole.test(text)) onSaid(text);
      else if (held !== undefined && held.length > 0) this.push(held);
      done();
    },
  });
}

/** `text` as itself in a regular expression. */
export function literally(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/gu, '\\$&');
}
