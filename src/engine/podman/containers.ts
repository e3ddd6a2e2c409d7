import { CtError, isCtError } from '../../base/errors.ts';
import type { SignalName } from '../../base/exit.ts';
import type {
  ContainerSpec,
  ContainerState,
  ContainerSummary,
  CreatedContainer,
  TerminalSize,
} from '../engine.ts';
import {
  stateFromLibpod,
  summaryFromLibpod,
  type LibpodContainer,
  type LibpodListed,
} from './convert.ts';
import { engineError } from './errors.ts';
import { createBody } from './specgen.ts';
import type { Transport } from './transport.ts';

/** Creation may copy a whole image the first time, and disks are slow, `ms`. */
const CREATE_DEADLINE_MS = 15 * 60_000;

/** Shorter polling makes the engine slower: it locks the container each time, `ms`. */
const WAIT_INTERVAL_MS = 500;

/** `Engine.create`. */
export async function createContainer(
  transport: Transport,
  spec: ContainerSpec,
  signal?: AbortSignal,
): Promise<CreatedContainer> {
  const created = await transport.json<{ Id?: string; Warnings?: readonly string[] | null }>({
    doing: `create the container ${spec.name}`,
    method: 'POST',
    path: '/containers/create',
    json: createBody(spec),
    deadlineMs: CREATE_DEADLINE_MS,
    signal,
  });
  if (created.Id === undefined) {
    throw new CtError(
      'unavailable',
      `cannot create the container ${spec.name}: the engine gave no id`,
    );
  }
  return { id: created.Id, warnings: created.Warnings ?? [] };
}

/** `Engine.init`. */
export async function initContainer(
  transport: Transport,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  await transport.json({
    doing: 'set the container up',
    method: 'POST',
    path: `${containerPath(id)}/init`,
    signal,
  });
}

/** `Engine.start`. */
export async function startContainer(
  transport: Transport,
  id: string,
  signal?: AbortSignal,
): Promise<void> {
  await transport.json({
    doing: 'start the container',
    method: 'POST',
    path: `${containerPath(id)}/start`,
    signal,
  });
}

/** `Engine.inspect`. */
export async function inspectContainer(transport: Transport, id: string): Promise<ContainerState> {
  const container = await transport.json<LibpodContainer>({
    doing: 'inspect the container',
    method: 'GET',
    path: `${containerPath(id)}/json`,
  });
  return stateFromLibpod(container);
}

/**
 * `Engine.wait`. A wait that is under way survives the removal of the container; it answers within
 * half a second of the end.
 */
export async function waitContainer(
  transport: Transport,
  id: string,
  signal?: AbortSignal,
): Promise<number> {
  const code = await transport.json<unknown>({
    doing: 'wait for the container',
    method: 'POST',
    // The same name twice cannot be said with the record of a query.
    path: `${containerPath(id)}/wait?condition=stopped&condition=exited&interval=${WAIT_INTERVAL_MS}ms`,
    deadlineMs: 0,
    signal,
  });
  if (typeof code !== 'number' || code < 0) {
    throw new CtError(
      'unavailable',
      'cannot wait for the container: the engine lost its exit status',
    );
  }
  return code;
}

/** `Engine.signal`: a container that has ended needs none. */
export async function signalContainer(
  transport: Transport,
  id: string,
  signal: SignalName,
): Promise<void> {
  try {
    await transport.json({
      doing: `send ${signal} to the container`,
      method: 'POST',
      path: `${containerPath(id)}/kill`,
      query: { signal },
    });
  } catch (thrown) {
    if (isCtError(thrown, 'not_found')) return;
    if (!isCtError(thrown, 'failed_precondition')) throw thrown;
    const state = await inspectContainer(transport, id).catch(ignoreGone);
    if (state !== undefined && state.status !== 'exited' && state.status !== 'removing')
      throw thrown;
  }
}

/** `Engine.resize`. */
export async function resizeContainer(
  transport: Transport,
  id: string,
  size: TerminalSize,
): Promise<void> {
  await transport.json({
    doing: 'resize the terminal',
    method: 'POST',
    path: `${containerPath(id)}/resize`,
    query: { h: size.rows, w: size.columns },
  });
}

/** `Engine.remove`: kills at once, no error when it is gone or somebody else removes it. */
export async function removeContainer(transport: Transport, id: string): Promise<void> {
  const doing = 'remove the container';
  try {
    const removed = await transport.json<readonly { Err?: string | null }[] | undefined>({
      doing,
      method: 'DELETE',
      path: containerPath(id),
      query: { force: true, timeout: 0, v: true },
    });
    const failure = Array.isArray(removed) ? removed.find(({ Err }) => Err) : undefined;
    if (failure?.Err) throw engineError(doing, { status: 500, text: failure.Err });
  } catch (thrown) {
    if (isCtError(thrown, 'not_found')) return;
    if (!(await becomesGone(transport, id))) throw thrown;
  }
}

/** `Engine.list`. */
export async function listContainers(
  transport: Transport,
  labels: readonly string[],
): Promise<readonly ContainerSummary[]> {
  const rows = await transport.json<readonly LibpodListed[] | undefined>({
    doing: 'list containers',
    method: 'GET',
    path: '/containers/json',
    query: { all: true, filters: JSON.stringify({ label: labels }) },
  });
  return (rows ?? []).map(summaryFromLibpod);
}

/** Path of a container, whatever its name is made of. */
export function containerPath(id: string): string {
  return `/containers/${encodeURIComponent(id)}`;
}

/** Two removers at once (ours and the engine's own) get in each other's way for a moment. */
async function becomesGone(transport: Transport, id: string): Promise<boolean> {
  for (let pauseMs = 10; pauseMs < 2_000; pauseMs *= 2) {
    const state = await inspectContainer(transport, id).catch(ignoreGone);
    if (state === undefined) return true;
    if (state.status !== 'removing' && state.status !== 'exited') return false;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  return false;
}

function ignoreGone(thrown: unknown): undefined {
  if (isCtError(thrown, 'not_found')) return undefined;
  throw thrown;
}
