import { setTimeout as sleep } from 'node:timers/promises';
import { CtError, isCtError } from '../base/errors.ts';
import { formatSize } from '../base/units.ts';
import type { ContainerState, Engine } from '../engine/engine.ts';

/** How a session stands after its streams ended. */
export type Outcome =
  | { readonly kind: 'exited'; readonly exitCode: number; readonly oomKilled: boolean }
  | { readonly kind: 'running' }
  | { readonly kind: 'gone' };

/** How long an engine may be away (restarted, upgraded) before ct gives up, `ms`. */
const ENGINE_AWAY_MS = 10_000;
/** The end of the output comes a moment before the engine knows of the exit, `ms`. */
const SETTLE_MS = 1_500;

/**
 * Asks how PID 1 ended. The end of a stream proves nothing: the engine may have been killed, so only
 * its word counts, and it is waited for while it restarts.
 *
 * Errors: unavailable when the engine stays away
 */
export async function askOutcome(engine: Engine, id: string): Promise<Outcome> {
  const started = performance.now();
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 2, 200)) {
    const elapsed = performance.now() - started;
    let state: ContainerState | undefined;
    try {
      state = await engine.inspect(id);
    } catch (thrown) {
      if (isCtError(thrown, 'not_found')) return { kind: 'gone' };
      if (!isCtError(thrown, 'unavailable', 'deadline_exceeded') || elapsed > ENGINE_AWAY_MS) {
        throw thrown;
      }
    }
    if (state?.status === 'exited' || state?.status === 'removing') {
      return { kind: 'exited', exitCode: state.exitCode, oomKilled: state.oomKilled };
    }
    if (state !== undefined && elapsed > SETTLE_MS) return { kind: 'running' };
    await sleep(pauseMs);
  }
}

/** The error for a session whose end nobody saw: never taken for success. */
export function lostOutcome(id: string): CtError {
  return new CtError('unavailable', `session ${id} ended while the engine was away`, {
    hint: 'its exit status is not known; run the command again',
  });
}

/** What is said of a session that the engine says was killed for its memory; `limit` in `bytes`. */
export function outOfMemory(limit: number | undefined): string {
  const what = 'the kernel killed a program of the session: it ran out of memory';
  return limit === undefined ? what : `${what} (limit ${formatSize(limit)}; -m gives it more)`;
}
