import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../base/errors.ts';
import { PATHS } from '../base/layout.ts';
import { isOver } from '../host/process.ts';

/** How long the entry script may take to reach its gate, `ms`; it takes about one, where the disk does not stand still. */
const GATE_DEADLINE_MS = 30_000;
/** Longer than a busy host needs, `ms` */
const SLOW_MS = 1_000;

/** One that ends instead of coming to its gate is rare, and to look for it costs as much as the tries themselves. */
const TRIES_A_LOOK = 5;

/** The gate of a session, with the entry point waiting in front of it. */
export interface Gate {
  /** Says `lines` to the entry point, the last of which lets it become the agent. */
  open(lines?: Buffer): Promise<void>;
  /** Leaves it closed for good: the entry point ends with status 125. No effect on an open one. */
  abandon(): void;
}

/** What `reachGate` minds on its way. */
interface Approach {
  /** Called once when it takes unusually long; may throw a better reason than the deadline */
  readonly whenSlow?: () => void;
  /**
   * Settles when the engine is done with starting PID 1, which runs already if this is not given. Only from there
   * on the entry point is late: until then PID 1 is a runtime that waits for the engine, however busy that is.
   */
  readonly started?: Promise<unknown> | undefined;
}

/**
 * Waits until the entry point, PID 1's only child, waits at its FIFO in the private tmpfs.
 *
 * `undefined` when PID 1 ended first (its exit status tells why).
 *
 * Errors: deadline_exceeded when nothing waits at the gate (a foreign image, for one)
 * Source: fifo(7); proc_pid_root(5)
 */
export async function reachGate(
  pid: number,
  { whenSlow, started }: Approach = {},
): Promise<Gate | undefined> {
  const watch = stopwatch(started);
  let isSlow = false;
  for (let tries = 1; watch() < GATE_DEADLINE_MS; tries++) {
    const gate = knock(pid);
    if (gate !== undefined) return gate;
    if (tries % TRIES_A_LOOK === 0 && isOver(pid)) return undefined;
    if (!isSlow && watch() > SLOW_MS) {
      isSlow = true;
      whenSlow?.();
    }
    await sleep(1);
  }
  throw new CtError('deadline_exceeded', 'the session did not reach its gate within 30 seconds', {
    hint: "the image may be damaged: build it again with 'ct sys init --rebuild'",
  });
}

/** How long ago `from` settled, or this was called if there is none; 0 before, `ms` */
function stopwatch(from: Promise<unknown> | undefined): () => number {
  let begunMs = from === undefined ? performance.now() : undefined;
  const begin = (): void => void (begunMs = performance.now());
  from?.then(begin, begin);
  return () => (begunMs === undefined ? 0 : performance.now() - begunMs);
}

/**
 * One try. The path goes through the container's own file system, which an image could have filled
 * with links: links resolve on the host's side of /proc, so none is followed, and only a FIFO that
 * belongs to us is written to.
 */
function knock(pid: number): Gate | undefined {
  const root = `/proc/${pid}/root`;
  let fd: number | undefined;
  try {
    for (const dir of ['/run', PATHS.runDir]) {
      if (!lstatSync(root + dir).isDirectory()) return undefined;
    }
    fd = openSync(
      root + PATHS.gate,
      constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW,
    );
    const stat = fstatSync(fd);
    if (stat.isFIFO() && stat.uid === process.getuid?.()) return gateAt(fd, root + PATHS.gate);
  } catch {
    // Not there yet, or nobody reads yet (ENXIO): the caller tries again.
  }
  if (fd !== undefined) closeSync(fd);
  return undefined;
}

/** Source: templates/entry.sh */
const OPEN = Buffer.from('open\n');

/** A FIFO takes 64 KiB at once, or as little as a page; the reader takes its time. */
async function writeAll(fd: number, bytes: Buffer): Promise<void> {
  const deadline = performance.now() + GATE_DEADLINE_MS;
  for (let done = 0; done < bytes.length;) {
    try {
      done += writeSync(fd, bytes, done);
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code !== 'EAGAIN') throw thrown;
      if (performance.now() > deadline) throw notRead();
      await sleep(1);
    }
  }
}

function notRead(): CtError {
  return new CtError('deadline_exceeded', 'the session does not read what it is told at its gate');
}

function gateAt(fd: number, path: string): Gate {
  let isHeld = true;
  const abandon = (): void => {
    if (isHeld) closeSync(fd);
    isHeld = false;
  };
  return {
    open: async (lines = OPEN) => {
      // A FIFO that nobody writes to would be a trap for `grep -r`. The entry script has it open by now, and
      // after the last line the session may be over before its place could be found again.
      unlinkSync(path);
      await writeAll(fd, lines);
      abandon();
    },
    abandon,
  };
}
