import { setTimeout as sleep } from 'node:timers/promises';
import { exitStatusOfSignal } from '../../base/exit.ts';
import { Job } from '../../host/job.ts';
import { isOver } from '../../host/process.ts';
import type { SessionContext } from '../context.ts';
import { takeTerminal, type Controlled } from '../follow.ts';
import { Relay } from '../relay.ts';
import { insistOnSize } from '../standby/insist-on-size.ts';
import { timeProgram } from '../time-program.ts';
import type { Entered } from './enter.ts';

/** The longest pause between two looks at a program that has closed its streams and goes on, `ms` */
const PAUSE_MS = 250;

/**
 * Hands the user's terminal or pipes to a program in a warm session and stays until it ends; resolves to its exit
 * status. `open` opens its gate, when everything is connected.
 *
 * Errors: those of `open`; unavailable when the engine does not say how it ended
 */
export async function followEntered(
  { process, pid, terminal }: Entered,
  { report, env, spans }: Pick<SessionContext, 'report' | 'env' | 'spans'>,
  open: () => Promise<void>,
): Promise<number> {
  const engine: Controlled['engine'] = {
    resize: (_, size) => process.resize(size),
    signal: async (_, signal) => void (await process.signal(signal)),
  };
  const job = new Job(pid, 'program');
  const control = takeTerminal({ report, id: '', viewer: false, engine, job }, terminal);
  const relay = new Relay(terminal === undefined ? undefined : control.onInput);
  let status: number | undefined;
  try {
    const ended = relay.connect(process);
    await control.ready;
    if (terminal !== undefined) await insistOnSize(engine, { id: '', pid }, env);
    const exited = timeProgram(spans, process);
    await open();
    control.begun();
    if ((await ended) === 'reader-gone') {
      // The writer inside would get it from its own pipe.
      await process.signal('SIGPIPE');
      process.close();
      return exitStatusOfSignal('SIGPIPE');
    }
    for (let pauseMs = 1; !isOver(pid); pauseMs = Math.min(pauseMs * 2, PAUSE_MS)) {
      await sleep(pauseMs);
    }
    status = await process.wait();
    exited();
    return status;
  } finally {
    relay.close();
    control.release();
    if (terminal !== undefined && (status === undefined || status > 128)) terminal.reset();
  }
}
