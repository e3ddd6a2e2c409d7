import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { readStat } from './process.ts';

/** Signals that a terminal sends to all of a job. Source: termios(3), Ctrl-C, Ctrl-\\ and Ctrl-Z; bash(1) `fg` */
const OF_JOBS: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT', 'SIGTSTP', 'SIGCONT']);

/**
 * Sends a signal to a program; one of job control to its children too, as a terminal does: a shell that waits for a
 * child takes SIGINT for the child's affair. Returns whether there was anybody to send it to.
 */
export function signalProgram(pid: number, signal: NodeJS.Signals): boolean {
  const group = readStat(pid)?.group;
  if (!OF_JOBS.has(signal) || group === undefined) return send(pid, signal);
  if (group === pid) return send(-pid, signal);
  // containerd has a runtime start programs in a group that is not theirs: only what is theirs gets it.
  const members = descendants(pid).filter((child) => readStat(child)?.group === group);
  return [pid, ...members].map((member) => send(member, signal)).includes(true);
}

function send(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
    return false;
  }
}

function descendants(pid: number): readonly number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendants(child)]);
}

/** Children that any of its threads has started. Source: proc_tid_children(5) */
function childrenOf(pid: number): readonly number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1')
        .split(' ')
        .filter(Boolean)
        .map(Number),
    );
  } catch {
    return [];
  }
}

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

  /** See `signalProgram`: the init made the program the leader of a group of its own. */
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
    return leader !== undefined && signalProgram(leader, signal);
  }
}

/** The first child of an init, or of a launcher. */
export function firstChild(pid: number): number | undefined {
  const [first = 0] = childrenOf(pid);
  return first > 1 ? first : undefined;
}
