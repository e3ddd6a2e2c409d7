import type { Socket } from 'node:net';
import { CtError, isCtError } from '../../base/errors.ts';
import type { AttachOptions, ContainerStatus, ProcessStreams } from '../engine.ts';
import { processStreams } from '../streams.ts';
import { containerPath, inspectContainer } from './containers.ts';
import type { Transport } from './transport.ts';

/** A connection that is silent for this long is looked after, `ms` */
const SILENCE_MS = 500;

/**
 * `Engine.attach`. No body: some versions feed it to the container. Empty detach keys: Ctrl-P and
 * Ctrl-Q belong to the agent.
 *
 * Podman takes an attach to a container that has ended as a wish to set it up again, and then says
 * nothing for ever. So it is asked first, unless the caller has just done so itself.
 */
export async function attachContainer(
  transport: Transport,
  id: string,
  options: AttachOptions,
): Promise<ProcessStreams> {
  const wasRunning = options.fresh !== true && (await refuseEnded(transport, id)) === 'running';
  const socket = await transport.upgrade({
    doing: 'attach to the container',
    method: 'POST',
    path: `${containerPath(id)}/attach`,
    query: { stream: true, stdin: options.stdin, stdout: true, stderr: true, detachKeys: '' },
  });
  if (wasRunning) endWithContainer(transport, id, socket);
  return processStreams(socket, options);
}

async function refuseEnded(transport: Transport, id: string): Promise<ContainerStatus> {
  const { status } = await inspectContainer(transport, id);
  if (status === 'running' || status === 'paused' || status === 'initialized') return status;
  throw new CtError('failed_precondition', `cannot attach to the container: it is ${status}`);
}

/**
 * It may still end between the question and the attach: a connection that brings nothing is dropped
 * if its container is not running any more.
 */
function endWithContainer(transport: Transport, id: string, socket: Socket): void {
  const begin = socket.bytesRead;
  const whenSilent = (action: () => void): void => {
    const timer = setTimeout(() => {
      if (!socket.destroyed && socket.bytesRead === begin) action();
    }, SILENCE_MS);
    timer.unref();
    socket.once('close', () => clearTimeout(timer));
  };
  whenSilent(() => {
    void isRunning(transport, id).then((running) => {
      // Once more: its last words may be on their way.
      if (!running) whenSilent(() => socket.destroy());
    });
  });
}

async function isRunning(transport: Transport, id: string): Promise<boolean> {
  try {
    const { status } = await inspectContainer(transport, id);
    return status === 'running' || status === 'paused' || status === 'stopping';
  } catch (thrown) {
    return !isCtError(thrown, 'not_found');
  }
}
