import { isCtError } from '../../base/errors.ts';
import type { Container } from '../../gen/containers.ts';
import type { Process } from '../../gen/process.ts';
import type { ContainerState, ContainerSummary, ExitNote } from '../engine.ts';
import type { Backend } from './backend.ts';
import type { WireCall } from './channel.ts';
import { forgetHere, getContainer, listRecords, OWN_LABEL, removeRecord } from './containers.ts';
import { stateOf, summaryOf } from './convert.ts';
import { reviveKeeper } from './keeper-client.ts';
import { sweepLost } from './lost.ts';
import { exitRecord, recordExit, recordedExit } from './leases.ts';
import { allSetUp, wasSetUp } from './marks.ts';
import { endForgotten } from './shims.ts';
import { deleteTask, getTask, isAlive, signalTask, waitTask } from './tasks.ts';
import { Containers, Leases, Snapshots, Tasks } from './services.ts';

/**
 * `Engine.inspect`. containerd has nobody who removes a container when it ends, so whoever sees the
 * end does: the answer is the last one.
 */
export async function inspectContainer(backend: Backend, id: string): Promise<ContainerState> {
  const setUp = wasSetUp(backend.place, id);
  const [container, task] = await Promise.all([getContainer(backend, id), getTask(backend, id)]);
  const known = task === undefined && setUp ? await recordedExit(backend.transport, id) : undefined;
  const state = stateOf(container, task, setUp, known);
  if (state.status === 'exited' && OWN_LABEL.autoRemove in container.labels)
    reap(backend, id, state.exitCode);
  return state;
}

/** `Engine.list`. */
export async function listContainers(
  backend: Backend,
  labels: readonly string[],
): Promise<readonly ContainerSummary[]> {
  const setUp = allSetUp(backend.place);
  const [containers, tasks] = await Promise.all([
    listRecords(backend, labels),
    listTasks(backend),
    reviveKeeper(backend),
  ]);
  if (Math.max(tasks.size, setUp.directories) > containers.length) {
    await sweepLost(backend, tasks.keys(), (id) => removeContainer(backend, id));
  }
  return containers.flatMap((container) => {
    const task = tasks.get(container.id);
    const row = summaryOf(container, task, setUp.ids.has(container.id));
    if (row.status !== 'exited' || !(OWN_LABEL.autoRemove in container.labels)) return [row];
    reap(backend, container.id, exitCodeOf(container, task));
    return [];
  });
}

function exitCodeOf(container: Container, task: Process | undefined): number {
  return stateOf(container, task, true).exitCode;
}

async function listTasks({ transport }: Backend): Promise<ReadonlyMap<string, Process>> {
  const { tasks } = await transport.unary(Tasks.list, {}, { doing: 'list containers' });
  // The field that Get calls container_id is empty in a list of 1.6; the id of PID 1 is the same.
  return new Map(tasks.map((task) => [task.containerId || task.id, task]));
}

/** `Engine.wait`. */
export async function waitContainer(
  backend: Backend,
  id: string,
  signal?: AbortSignal,
): Promise<number> {
  const { labels } = await getContainer(backend, id);
  const status = await waitTask(backend, id, '', signal);
  if (OWN_LABEL.autoRemove in labels) reap(backend, id, status);
  return status;
}

/** `Engine.remove`. */
export async function removeContainer(backend: Backend, id: string): Promise<void> {
  await backend.reaping.get(id);
  const task = await getTask(backend, id);
  if (task === undefined) endForgotten(backend.place, id);
  else await endTask(backend, id, task);
  await removeRecord(backend, id);
}

/** Whoever follows the session in another process is told how it ended. */
async function endTask(backend: Backend, id: string, task: Process): Promise<void> {
  let status: number | undefined = task.exitStatus;
  if (isAlive(task)) {
    await signalTask(backend, id, 'SIGKILL');
    status = await waitTask(backend, id).catch(ignoreMissing);
  }
  if (status !== undefined) await recordExit(backend.transport, id, status);
  await deleteTask(backend, id).catch(ignoreMissing);
}

/** Removes one that ended, once, beside whatever else goes on; `close` waits for it. */
function reap(backend: Backend, id: string, status: number): void {
  if (backend.reaping.has(id)) return;
  const work = removeEnded(backend, id, status)
    // What stays is removed by the next list.
    .catch(() => undefined)
    .finally(() => backend.reaping.delete(id));
  backend.reaping.set(id, work);
}

async function removeEnded(backend: Backend, id: string, status: number): Promise<void> {
  const { transport } = backend;
  if (await transport.handOver(removalOf(backend, id, status))) {
    forgetHere(backend, id);
    return;
  }
  // Whoever follows it elsewhere must find how it ended as soon as there is no task to ask.
  await recordExit(transport, id, status);
  await deleteTask(backend, id).catch((thrown: unknown) => {
    ignoreMissing(thrown);
    endForgotten(backend.place, id);
  });
  await removeRecord(backend, id);
}

/** The same as calls for the service: a run would wait for an eighth of its time to see them done. */
function removalOf({ transport, place }: Backend, id: string, status: number): readonly WireCall[] {
  const call = { doing: 'remove the container' };
  return [
    transport.wire(Leases.create, exitRecord(id, status), call),
    transport.wire(Tasks.delete, { containerId: id }, call),
    transport.wire(Containers.delete, { id }, call),
    transport.wire(Snapshots.remove, { snapshotter: place.snapshotter, key: id }, call),
  ];
}

/** `Engine.exitNote`: containerd is asked before, so that its answer is there when the streams end. */
export function exitNote(backend: Backend, id: string): ExitNote {
  let status: number | undefined;
  // Whoever finds no note asks again, and is told what is the matter.
  awaitEnd(backend, id).then(
    (told) => (status = told),
    () => undefined,
  );
  return () => status;
}

/** As `waitContainer`, for as long as this containerd runs. */
async function awaitEnd(backend: Backend, id: string): Promise<number> {
  const call = { doing: 'wait for the container', deadlineMs: 0, isHint: true };
  const ended = backend.transport.unary(Tasks.wait, { containerId: id }, call);
  ended.catch(() => undefined);
  const { labels } = await getContainer(backend, id);
  const { exitStatus } = await ended;
  if (OWN_LABEL.autoRemove in labels) reap(backend, id, exitStatus);
  return exitStatus;
}

function ignoreMissing(thrown: unknown): undefined {
  if (isCtError(thrown, 'not_found')) return undefined;
  throw thrown;
}
