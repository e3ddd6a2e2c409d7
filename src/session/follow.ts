import { exitStatusOfSignal } from '../base/exit.ts';
import type { Report } from '../base/report.ts';
import type { Engine, ProcessStreams } from '../engine/engine.ts';
import { Terminal } from '../host/terminal.ts';
import { askOutcome, lostOutcome } from './outcome.ts';
import { Relay } from './relay.ts';
import { forwardSignals } from './signals.ts';

/** A session to follow to its end. */
export interface Followed {
  readonly engine: Engine;
  readonly report: Report;
  /** Engine's id of the container */
  readonly id: string;
  /** For messages: the session's id */
  readonly session: string;
  readonly terminal: boolean;
  readonly streams: ProcessStreams;
  /** Run once everything is connected: opens the gate */
  readonly whenConnected: () => Promise<void>;
  /** A viewer (`ct attach`) leaves the session alone when its terminal closes or its reader goes */
  readonly viewer: boolean;
}

/**
 * Hands the user's terminal or pipes to a session and stays until it ends; resolves to its exit
 * status. When the connection breaks and the session lives on, it connects again and says so.
 *
 * Errors: unavailable when the engine is gone for good or the end was not seen
 */
export async function followSession(followed: Followed): Promise<number> {
  const { engine, id } = followed;
  const relay = new Relay({ stdin: true });
  const terminal = followed.terminal ? new Terminal() : undefined;
  const connected = takeTerminal(followed, terminal);
  let status: number | undefined;
  try {
    let streams = followed.streams;
    const first = relay.connect(streams);
    await connected.ready;
    await followed.whenConnected();
    const late = engine.wait(id).catch(() => undefined);
    for (let end = first; ; end = relay.connect(streams)) {
      if ((await end) === 'reader-gone') return await readerGone(followed);
      status = await endOf(followed, late);
      if (status !== undefined) return status;
      followed.report.warn('the connection to the session broke; connected again, output in between is lost');
      streams = await engine.attach(id, { stdin: true, terminal: followed.terminal });
    }
  } finally {
    relay.close();
    connected.release();
    if (terminal !== undefined && (status === undefined || status > 128)) terminal.reset();
  }
}

/** Exit status, or `undefined` when the session still runs. */
async function endOf(
  followed: Followed,
  late: Promise<number | undefined>,
): Promise<number | undefined> {
  const outcome = await askOutcome(followed.engine, followed.id);
  if (outcome.kind === 'running') return undefined;
  if (outcome.kind === 'exited') {
    if (outcome.oomKilled) followed.report.warn('the kernel killed the session: it ran out of memory');
    return outcome.exitCode;
  }
  const status = await late;
  if (status === undefined) throw lostOutcome(followed.session);
  return status;
}

/** `ct run … | head -1`: the writer inside would get SIGPIPE, so the session ends as if it had. */
async function readerGone(followed: Followed): Promise<number> {
  if (!followed.viewer) await followed.engine.remove(followed.id);
  return exitStatusOfSignal('SIGPIPE');
}

/** Raw mode, size and signals, until released. */
function takeTerminal(
  followed: Followed,
  terminal: Terminal | undefined,
): { readonly ready: Promise<void>; release(): void } {
  const { engine, id, report } = followed;
  const resize = async (): Promise<void> => {
    if (terminal === undefined) return;
    await engine.resize(id, terminal.size()).catch((error: unknown) => {
      report.debug(`resize: ${String(error)}`);
    });
  };
  const enter = (): void => terminal?.makeRaw();
  const release = [
    terminal?.onResize(() => void resize()),
    forwardSignals({
      forward: (signal) => {
        if (followed.viewer && (signal === 'SIGHUP' || signal === 'SIGTERM')) {
          followed.streams.close();
          return;
        }
        engine.signal(id, signal).catch((error: unknown) => report.debug(`signal: ${String(error)}`));
      },
      suspending: () => terminal?.restore(),
      resumed: () => {
        enter();
        void resize();
      },
    }),
  ];
  enter();
  return {
    ready: resize(),
    release: () => {
      for (const undo of release) undo?.();
      terminal?.restore();
    },
  };
}
