import { setTimeout as sleep } from 'node:timers/promises';
import { exitStatusOfSignal, type SignalName } from '../base/exit.ts';
import type { Report } from '../base/report.ts';
import type { Engine, ExitNote, ProcessStreams } from '../engine/engine.ts';
import { Job } from '../host/job.ts';
import { isOver } from '../host/process.ts';
import { hasNoInput } from '../host/stdio.ts';
import { Terminal } from '../host/terminal.ts';
import { askOutcome, lostOutcome, outOfMemory } from './outcome.ts';
import { requestLeaves } from './request-leaves.ts';
import { Relay } from './relay.ts';
import { forwardSignals, suspend, type SignalTargets } from './signals.ts';

/** A session to follow to its end. */
export interface Followed {
  readonly engine: Engine;
  readonly report: Report;
  /** Engine's id of the container */
  readonly id: string;
  /** Host pid of PID 1 */
  readonly pid: number;
  /** For messages: the session's id */
  readonly session: string;
  readonly terminal: boolean;
  /** Its memory limit in bytes, if it has one: for the message when it was too small */
  readonly memoryBytes?: number | undefined;
  readonly streams: ProcessStreams;
  /** Run once everything is connected: opens the gate */
  readonly whenConnected: () => Promise<void>;
  /** Where its end is noted before the engine tells of it, if that is all there is to tell; see `Engine.exitNote` */
  readonly note?: ExitNote | undefined;
  /** Run when PID 1 is gone, while its end is asked for; twice when the note does not come, not at all when it is told first */
  readonly whenOver?: () => void;
  /** A viewer (`ct attach`) leaves the session alone when its terminal closes or its reader goes */
  readonly viewer: boolean;
}

/** Opens standard input while there is time: Node loads what it takes for a file, a pipe or a terminal by then only. */
export function prepareToFollow(): void {
  if (!hasNoInput()) void process.stdin;
}

/**
 * Hands the user's terminal or pipes to a session and stays until it ends; resolves to its exit
 * status. When the connection breaks and the session lives on, it connects again and says so.
 *
 * Errors: unavailable when the engine is gone for good or the end was not seen
 */
export async function followSession(followed: Followed): Promise<number> {
  const { engine, id } = followed;
  const terminal = followed.terminal ? new Terminal() : undefined;
  const control = takeTerminal({ ...followed, job: new Job(followed.pid) }, terminal);
  const relay = new Relay(terminal === undefined ? undefined : control.onInput);
  const sinceMs = Date.now();
  let status: number | undefined;
  try {
    let streams = followed.streams;
    const first = relay.connect(streams);
    await control.ready;
    await followed.whenConnected();
    control.begun();
    for (let end = first; ; end = relay.connect(streams)) {
      const why = await Promise.race([end, control.left]);
      if (why === 'reader-gone') return await readerGone(followed);
      if (why !== 'streams-ended') return exitStatusOfSignal(why);
      status = await endOf(followed, sinceMs);
      if (status !== undefined) return status;
      try {
        streams = await engine.attach(id, { stdin: true, terminal: followed.terminal });
      } catch (thrown) {
        // It may have ended in this very moment.
        status = await endOf(followed, sinceMs);
        if (status !== undefined) return status;
        throw thrown;
      }
      followed.report.warn(
        'the connection to the session broke; connected again, output in between is lost',
      );
    }
  } finally {
    relay.close();
    control.release();
    if (terminal !== undefined && (status === undefined || status > 128)) terminal.reset();
  }
}

/** Exit status, or `undefined` when the session still runs. */
async function endOf(followed: Followed, sinceMs: number): Promise<number | undefined> {
  const noted = await notedEnd(followed);
  if (noted !== undefined) return noted;
  const asking = askOutcome(followed.engine, followed.id);
  // What fails here fails again at the end of the run, which says so.
  watchEnd(followed, asking).catch(() => undefined);
  const outcome = await asking;
  if (outcome.kind === 'running') return undefined;
  if (outcome.kind === 'exited') {
    if (outcome.oomKilled) followed.report.warn(outOfMemory(followed.memoryBytes));
    return outcome.exitCode;
  }
  const status = await followed.engine.exitOf(followed.id, sinceMs);
  if (status === undefined) throw lostOutcome(followed.session);
  return status;
}

/** A note is written right after the end of the streams; the engine is asked when there is none by then, `ms` */
const NOTED_MS = 20;

/** What the monitor has noted. `undefined` when PID 1 runs: then it was the connection that ended. */
async function notedEnd({ note, pid, whenOver }: Followed): Promise<number | undefined> {
  if (note === undefined || !isOver(pid)) return undefined;
  whenOver?.();
  for (const begun = performance.now(); ; await sleep(1)) {
    const status = note();
    if (status !== undefined || performance.now() - begun > NOTED_MS) return status;
  }
}

/** The engine takes its time to say how PID 1 ended. That it has, the kernel knows, and nobody takes it back. */
async function watchEnd({ pid, whenOver }: Followed, told: Promise<unknown>): Promise<void> {
  let isTold = false;
  const onTold = (): void => void (isTold = true);
  told.then(onTold, onTold);
  // The engine takes as long to answer as `whenOver` does its work.
  await requestLeaves();
  for (; whenOver !== undefined && !isTold; await sleep(1)) {
    if (isOver(pid)) return whenOver();
  }
}

/** `ct run … | head -1`: the writer inside would get SIGPIPE, so the session ends as if it had. */
async function readerGone(followed: Followed): Promise<number> {
  if (!followed.viewer) await followed.engine.remove(followed.id);
  return exitStatusOfSignal('SIGPIPE');
}

/** Ctrl-Z as a terminal sends it. */
const CTRL_Z = 0x1a;
/** How long a program may take to stop itself after Ctrl-Z, `ms` */
const CTRL_Z_WATCH_MS = 1000;

/** The user's side of a session: signals, terminal mode and size, until released. */
export interface Control {
  /** The size inside is the terminal's */
  readonly ready: Promise<void>;
  /** A viewer was told to go; the session stays */
  readonly left: Promise<SignalName>;
  /** Watches for Ctrl-Z; what of the input is for the program */
  readonly onInput: (chunk: Buffer) => Buffer;
  /** The program runs: what was sent to it before is sent again, since a PID 1 that begins loses signals */
  begun(): void;
  release(): void;
}

/** What the user's terminal and signals are passed on to. */
export type Controlled = Pick<Followed, 'report' | 'id' | 'viewer'> & {
  readonly engine: Pick<Engine, 'signal' | 'resize'>;
  readonly job: Job;
};

/** Passes the user's terminal and signals on, until it is released. */
export function takeTerminal(controlled: Controlled, terminal: Terminal | undefined): Control {
  const { engine, id, report, job } = controlled;
  let leave: (signal: SignalName) => void = () => undefined;
  const left = new Promise<SignalName>((resolve) => (leave = resolve));
  const quietly = (call: Promise<void>): void => {
    call.catch((error: unknown) => report.debug(String(error)));
  };
  const resize = async (): Promise<void> => {
    if (terminal === undefined) return;
    await engine.resize(id, terminal.size()).catch((error: unknown) => report.debug(String(error)));
  };
  let early: SignalName[] | undefined = [];
  const forward = (signal: SignalName): void => {
    early?.push(signal);
    if (controlled.viewer && (signal === 'SIGHUP' || signal === 'SIGTERM')) leave(signal);
    else if (!((signal === 'SIGINT' || signal === 'SIGQUIT') && job.interrupt(signal)))
      quietly(engine.signal(id, signal));
  };
  const targets: SignalTargets = {
    forward,
    // Before it begins there is nothing that could stop but this process, which holds its gate.
    stop: async () => early !== undefined || job.stop(),
    continue: () => job.continue(),
    suspending: () => terminal?.restore(),
    resumed: () => {
      terminal?.makeRaw();
      void resize();
    },
  };
  const releases = [terminal?.onResize(() => void resize()), forwardSignals(targets)];
  terminal?.makeRaw();
  return {
    ready: resize(),
    left,
    onInput: (chunk) => {
      if (!chunk.includes(CTRL_Z)) return chunk;
      if (early === undefined) {
        void suspendIfStopped(job, targets);
        return chunk;
      }
      suspend(targets);
      // It is answered: the terminal inside would stop the program with it, which nobody would notice.
      return chunk.filter((byte) => byte !== CTRL_Z) as Buffer;
    },
    begun: () => {
      const again = early ?? [];
      early = undefined;
      for (const signal of again) forward(signal);
    },
    release: () => {
      for (const undo of releases) undo?.();
      terminal?.restore();
    },
  };
}

/** A program inside that stopped itself would leave the user with a dead terminal: stop as well. */
async function suspendIfStopped(job: Job, targets: SignalTargets): Promise<void> {
  if (await job.stopsWithin(CTRL_Z_WATCH_MS)) suspend(targets);
}
