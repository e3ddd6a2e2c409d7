import { setTimeout as sleep } from 'node:timers/promises';
import { CtError, isCtError } from '../../base/errors.ts';
import { SIGNALS, type SignalName } from '../../base/exit.ts';
import type { Process } from '../../gen/process.ts';
import type { AttachOptions, ProcessStreams, TerminalSize } from '../engine.ts';
import type { Backend, Prepared } from './backend.ts';
import { getContainer, ignoreGone, OWN_LABEL } from './containers.ts';
import { becomeReader, Io, ioPaths, type IoPaths, type IoWish } from './io.ts';
import { takeOutput, type Lent } from './keeper-client.ts';
import { markSetUp } from './marks.ts';
import { snapshotMounts } from './snapshots.ts';
import { Tasks } from './services.ts';

/** Starting a container may wait for a busy disk, `ms` */
const CREATE_MS = 120_000;

/** A question for which a daemon is started again in vain fails sooner (20 s), `ms` */
const REACHED_MS = 30_000;

/** How long the daemon may be away while somebody waits for an end, `ms` */
const AWAY_MS = 10_000;

/** `Engine.init`: the namespaces exist and the runtime's own program waits in them. */
export async function initContainer(
  backend: Backend,
  id: string,
  signal?: AbortSignal,
): Promise<number> {
  const { transport } = backend;
  const { rootfs, ...wish } = backend.prepared.get(id) ?? (await lookUp(backend, id));
  backend.prepared.delete(id);
  const paths = ioOf(backend, id, wish);
  const io = new Io(paths);
  backend.opened.set(id, io);
  const request = { containerId: id, rootfs: [...rootfs], ...paths, terminal: wish.terminal };
  const call = { doing: 'set the container up', deadlineMs: CREATE_MS, signal };
  try {
    const { pid } = await transport.unary(Tasks.create, request, call);
    markSetUp(backend.place, id, pid);
    return pid;
  } catch (thrown) {
    io.close();
    backend.opened.delete(id);
    await deleteTask(backend, id).catch(ignoreGone);
    throw thrown;
  }
}

/** Of one that was made by another process, or for a build. */
async function lookUp(backend: Backend, id: string): Promise<Prepared> {
  const { labels, snapshotKey } = await getContainer(backend, id);
  const rootfs = await snapshotMounts(backend, snapshotKey);
  return { rootfs, terminal: OWN_LABEL.terminal in labels, stdin: OWN_LABEL.stdin in labels };
}

function ioOf({ place }: Backend, id: string, wish: IoWish): IoPaths {
  return ioPaths(`${place.ioDir}/${id}`, '', wish);
}

/** `Engine.start`. */
export async function startContainer(
  { transport }: Backend,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  const call = { doing: 'start the container', deadlineMs: CREATE_MS, signal };
  await transport.unary(Tasks.start, { containerId: id }, call);
}

/**
 * `Engine.attach`. Output that came while nobody was attached waits in the FIFO, or was kept by the keeper
 * of a container that was left: then it comes first.
 */
export async function attachContainer(
  backend: Backend,
  id: string,
  options: AttachOptions,
): Promise<ProcessStreams> {
  if (options.fresh !== true) {
    await getContainer(backend, id);
    const task = await getTask(backend, id);
    if (task === undefined || !isAlive(task)) {
      throw new CtError('failed_precondition', 'cannot attach to the container: it does not run');
    }
  }
  const leave = await becomeReader(id, backend.place.ioDir);
  let lent: Lent | undefined;
  const letGo = (): void => {
    leave();
    lent?.giveBack();
  };
  try {
    if (options.fresh !== true) lent = await takeOutput(backend, id);
    const io = backend.opened.get(id) ?? new Io(ioOf(backend, id, options));
    backend.opened.delete(id);
    const streams = io.streams(() => closeStdin(backend, id), letGo);
    if (lent !== undefined) replay(lent, streams);
    return {
      ...streams,
      close: () => {
        streams.close();
        letGo();
      },
    };
  } catch (thrown) {
    letGo();
    throw thrown;
  }
}

/** Before what comes from now on. */
function replay(lent: Lent, { stdout, stderr }: ProcessStreams): void {
  if (lent.stdout.length > 0) stdout.unshift(lent.stdout);
  if (lent.stderr.length > 0) stderr?.unshift(lent.stderr);
}

/** Tells the engine that no more input comes. */
export async function closeStdin(
  { transport }: Backend,
  containerId: string,
  execId = '',
): Promise<void> {
  const request = { containerId, execId, stdin: true };
  const call = { doing: 'close the input of the container' };
  await transport.unary(Tasks.closeIO, request, call).catch(ignoreGone);
}

/** The task of a container, or of one of its execs; `undefined` when there is none. */
export async function getTask(
  { transport }: Backend,
  containerId: string,
  execId = '',
): Promise<Process | undefined> {
  const call = { doing: 'look at the container' };
  const answer = await transport.unary(Tasks.get, { containerId, execId }, call).catch(ignoreGone);
  return answer?.process;
}

/** Whether a process exists: created, running or paused. */
export function isAlive({ status }: Process): boolean {
  return status === 1 || status === 2 || status === 4 || status === 5;
}

/** Waits for the end of a process, across a restart of the daemon. Errors: not_found */
export async function waitTask(
  { transport }: Backend,
  containerId: string,
  execId = '',
  signal?: AbortSignal,
): Promise<number> {
  const call = { doing: 'wait for the container', deadlineMs: 0, signal };
  for (let awaySince: number | undefined; ;) {
    const askedAt = performance.now();
    try {
      const ended = await transport.unary(Tasks.wait, { containerId, execId }, call);
      return ended.exitStatus;
    } catch (thrown) {
      if (!isCtError(thrown, 'unavailable')) throw thrown;
      // A question that was open for a while had reached the daemon: this is another outage.
      if (awaySince === undefined || performance.now() - askedAt > REACHED_MS) {
        awaySince = performance.now();
      }
      if (performance.now() - awaySince > AWAY_MS) throw thrown;
      await sleep(100);
    }
  }
}

/** `Engine.signal`: one that has ended needs none. */
export async function signalTask(
  { transport }: Backend,
  containerId: string,
  signal: SignalName,
  execId = '',
): Promise<boolean> {
  // Never to all: without a cgroup of its own the runtime cannot find them.
  const request = { containerId, execId, signal: SIGNALS[signal], all: false };
  const call = { doing: `send ${signal} to the container` };
  return (await transport.unary(Tasks.kill, request, call).catch(ignoreGone)) !== undefined;
}

/** `Engine.resize`. */
export async function resizeTask(
  { transport }: Backend,
  containerId: string,
  size: TerminalSize,
  execId = '',
): Promise<void> {
  const request = { containerId, execId, width: size.columns, height: size.rows };
  await transport.unary(Tasks.resizePty, request, { doing: 'resize the terminal' });
}

/** Takes what is left of an ended process away. Errors: not_found */
export async function deleteTask({ transport }: Backend, containerId: string): Promise<void> {
  await transport.unary(Tasks.delete, { containerId }, { doing: 'remove the container' });
}
