import { setTimeout as sleep } from 'node:timers/promises';
import { CtError, isCtError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { SessionContext } from './context.ts';
import { endWaiting } from './standby/end-waiting.ts';
import { findSession, listSessions, type SessionInfo } from './list.ts';

/** How sessions are ended. */
export interface StopOptions {
  /** Time between SIGTERM and SIGKILL, `ms` */
  readonly timeoutMs: number;
  readonly all: boolean;
}

/**
 * Ends sessions, gently then firmly; resolves to their ids. All are found before the first is ended,
 * so a misspelt one ends none.
 *
 * Errors: not_found, invalid_argument (see `findSession`)
 */
export async function stopSessions(
  selectors: readonly string[],
  options: StopOptions,
  context: SessionContext,
): Promise<readonly string[]> {
  // First, so that one that is nearly made does not come after the others have gone.
  if (options.all) await endWaiting(context);
  const sessions = options.all
    ? await listSessions(context)
    : await Promise.all(selectors.map((selector) => findSession(selector, context)));
  const engine = await context.engine();
  const ends = await Promise.allSettled(
    sessions.map((session) => stopOne(session, options.timeoutMs, engine)),
  );
  // One that cannot be ended must not keep the others from it.
  const failures = ends.flatMap((end) =>
    end.status === 'rejected' ? [end.reason as unknown] : [],
  );
  const [first, ...others] = failures;
  if (first !== undefined) {
    throw CtError.from(first).withCleanup(others.map((other) => CtError.from(other)));
  }
  return sessions.map((session) => session.id);
}

async function stopOne(session: SessionInfo, timeoutMs: number, engine: Engine): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  // A container whose processes are gone (a crash, a lost runtime directory) cannot be signalled; it
  // is removed all the same.
  await engine.signal(session.container, 'SIGTERM').catch(() => undefined);
  while (performance.now() < deadline && (await isRunning(engine, session.container))) {
    await sleep(50);
  }
  await engine.remove(session.container);
}

async function isRunning(engine: Engine, id: string): Promise<boolean> {
  try {
    const { status } = await engine.inspect(id);
    return status === 'running' || status === 'stopping' || status === 'paused';
  } catch (thrown) {
    if (isCtError(thrown, 'not_found')) return false;
    throw thrown;
  }
}
