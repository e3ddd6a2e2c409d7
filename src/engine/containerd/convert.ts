import type { Container } from '../../gen/containers.ts';
import type { Process } from '../../gen/process.ts';
import type { ContainerState, ContainerStatus, ContainerSummary, Labels } from '../engine.ts';
import { OWN_LABEL, OWN_PREFIX } from './containers.ts';

/** containerd's numbers for the state of a task. Source: api/types/task/task.proto Status */
const STATUS: Readonly<Record<number, ContainerStatus>> = {
  1: 'initialized',
  2: 'running',
  3: 'exited',
  4: 'paused',
  5: 'paused',
};

/** Of a container whose shim was killed: the runtime's clean-up kills what is inside. */
const KILLED = 137;

/**
 * State of one container. `wasSetUp` says that it had a task once: without one it has then ended, and
 * `known` is what was written down of how; without that the shim took its word for it along.
 */
export function stateOf(
  container: Container,
  task: Process | undefined,
  wasSetUp: boolean,
  known?: number,
): ContainerState {
  const status = statusOf(task, wasSetUp);
  return {
    id: container.id,
    name: container.id,
    status,
    pid: status === 'exited' ? 0 : (task?.pid ?? 0),
    exitCode: task?.exitStatus ?? known ?? (status === 'exited' ? KILLED : 0),
    // Without a cgroup of its own nobody can tell.
    oomKilled: false,
    terminal: OWN_LABEL.terminal in container.labels,
    labels: foreignLabels(container.labels),
    imageId: container.labels[OWN_LABEL.imageId] ?? '',
    runtimeConfig: undefined,
  };
}

/** A row of a list. */
export function summaryOf(
  container: Container,
  task: Process | undefined,
  wasSetUp: boolean,
): ContainerSummary {
  const { id, name, status, pid, labels } = stateOf(container, task, wasSetUp);
  const { createdAt, image } = container;
  const createdMs = Number(createdAt?.seconds ?? 0n) * 1000 + (createdAt?.nanos ?? 0) / 1e6;
  return { id, name, status, pid, labels, image, createdMs: Math.floor(createdMs) };
}

function statusOf(task: Process | undefined, wasSetUp: boolean): ContainerStatus {
  if (task === undefined) return wasSetUp ? 'exited' : 'created';
  return STATUS[task.status] ?? 'unknown';
}

function foreignLabels(labels: Labels): Labels {
  return Object.fromEntries(Object.entries(labels).filter(([key]) => !key.startsWith(OWN_PREFIX)));
}
