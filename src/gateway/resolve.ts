import { lookup } from 'node:dns';
import { CtError } from '../base/errors.ts';

/** Answers of the host's resolver for one session. */
export interface Resolver {
  /**
   * Every address of a name, as the host's own programs would see it.
   *
   * Errors: not_found when there is no such name · unavailable when the resolver does not answer ·
   * resource_exhausted when too many names wait for it
   */
  resolve(name: string): Promise<readonly string[]>;
}

/** How long an answer is used again, `ms`; getaddrinfo(3) does not say how long it holds */
const KEEP_MS = 20_000;
const KEEP_FAILURE_MS = 3_000;
const DEADLINE_MS = 12_000;
/** Lookups hold a thread each, of which a process has four by default: a session gets two. */
const AT_ONCE = 2;
const MAX_WAITING = 256;
const MAX_KEPT = 2_000;

interface Kept {
  readonly answer: Promise<readonly string[]>;
  until: number;
}

/**
 * A resolver over getaddrinfo(3): hosts file, search rules and VPNs of the host count. Equal questions
 * that come at once are asked once. Times are of a clock that nobody sets.
 */
export function createResolver(): Resolver {
  const kept = new Map<string, Kept>();
  const turns = createTurns();
  return {
    resolve: (name) => {
      const found = kept.get(name);
      if (found !== undefined && found.until > performance.now()) return found.answer;
      if (kept.size >= MAX_KEPT) forgetOldest(kept);
      const entry: Kept = { answer: turns(() => ask(name)), until: Infinity };
      kept.delete(name);
      kept.set(name, entry);
      entry.answer.then(
        () => (entry.until = performance.now() + KEEP_MS),
        () => (entry.until = performance.now() + KEEP_FAILURE_MS),
      );
      return entry.answer;
    },
  };
}

function ask(name: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(noAnswer(name)), DEADLINE_MS);
    // A trailing dot keeps the host's search domains out: the name is complete.
    lookup(`${name}.`, { all: true, verbatim: true }, (error, addresses) => {
      clearTimeout(timer);
      if (error === null) resolve(addresses.map(({ address }) => address));
      else if (error.code === 'ENOTFOUND')
        reject(new CtError('not_found', `the host's resolver knows no ${name}`));
      else reject(noAnswer(name, error));
    });
  });
}

function noAnswer(name: string, cause?: unknown): CtError {
  return new CtError('unavailable', `the host's resolver does not answer for ${name}`, { cause });
}

/** At most {@link AT_ONCE} at a time; the rest waits its turn, and too many are refused. */
function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (running >= AT_ONCE) {
      if (waiting.length >= MAX_WAITING) {
        throw new CtError('resource_exhausted', 'too many names wait for the resolver');
      }
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else running += 1;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}

function forgetOldest(kept: Map<string, Kept>): void {
  const [oldest] = kept.keys();
  if (oldest !== undefined) kept.delete(oldest);
}
