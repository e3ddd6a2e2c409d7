import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStat } from './process.ts';

/**
 * The program behind PID 1 as a job that can be stopped and continued from outside.
 *
 * PID 1 (an init) does not pass SIGTSTP on, and a program that stops itself inside (Ctrl-Z) has no
 * shell there that would ever continue it. The program runs under our own uid, so it can be seen and
 * signalled from here.
 *
 * Source: proc_pid_stat(5), credentials(7), kill(2)
 */
export class Job {
  readonly #leader: () => number | undefined;

  /** `pid` is the host's pid of the session's PID 1, or of the `program` itself. */
  constructor(pid: number, what: 'init' | 'program' = 'init') {
    this.#leader = what === 'program' ? () => pid : () => firstChild(pid);
  }

  /**
   * Sends a signal to the program and its children, as a terminal does for Ctrl-C: a shell that waits
   * for a child takes SIGINT for the child's affair. Returns whether there was anybody to send it to.
   */
  interrupt(signal: 'SIGINT' | 'SIGQUIT'): boolean {
    return this.#signal(signal);
  }

  /** Stops the program; resolves to whether it did stop (it may handle the signal itself). */
  async stop(): Promise<boolean> {
    this.#signal('SIGTSTP');
    return this.stopsWithin(500);
  }

  continue(): void {
    this.#signal('SIGCONT');
  }

  /** Whether the program is seen stopped within `ms`. */
  async stopsWithin(ms: number): Promise<boolean> {
    const deadline = performance.now() + ms;
    do {
      const leader = this.#leader();
      if (leader === undefined) return false;
      if (readStat(leader)?.state === 'T') return true;
      await sleep(20);
    } while (performance.now() < deadline);
    return false;
  }

  #signal(signal: NodeJS.Signals): boolean {
    const leader = this.#leader();
    if (leader === undefined) return false;
    try {
      // The init made it the leader of a group of its own.
      process.kill(readStat(leader)?.group === leader ? -leader : leader, signal);
      return true;
    } catch {
      // It ended meanwhile.
      return false;
    }
  }
}

/** The init's first child. */
function firstChild(initPid: number): number | undefined {
  try {
    const children = readFileSync(`/proc/${initPid}/task/${initPid}/children`, 'latin1');
    const first = Number(children.split(' ')[0]);
    return Number.isInteger(first) && first > 1 ? first : undefined;
  } catch {
    return undefined;
  }
}
