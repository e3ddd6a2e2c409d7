import type { Socket } from 'node:net';
import { isCtError } from '../../base/errors.ts';
import type { AttachOptions, ProcessStreams } from '../engine.ts';
import { processStreams } from '../streams.ts';
import { containerPath, inspectContainer } from './containers.ts';
import type { Transport } from './transport.ts';

/** A connection that is silent for this long is looked after, `ms` */
const SILENCE_MS = 500;

/**
 * `Engine.attach`. No body: some versions feed it to the container. Empty detach keys: Ctrl-P and
 * Ctrl-Q belong to the agent.
 */
export async function attachContainer(
  transport: Transport,
  id: string,
  options: AttachOptions,
): Promise<ProcessStreams> {
  const socket = await transport.upgrade({
    doing: 'attach to the container',
    method: 'POST',
    path: `${containerPath(id)}/attach`,
    query: { stream: true, stdin: options.stdin, stdout: true, stderr: true, detachKeys: '' },
  });
  endWithContainer(transport, id, socket);
  return processStreams(socket, options);
}

/**
 * Podman 4.3 accepts an attach to a container that has just ended, and then says nothing for ever. So
 * a connection that brings nothing is dropped if its container is found to have ended.
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
    void hasEnded(transport, id).then((ended) => {
      // Once more: its last words may be on their way.
      if (ended) whenSilent(() => socket.destroy());
    });
  });
}

async function hasEnded(transport: Transport, id: string): Promise<boolean> {
  try {
    const { status } = await inspectContainer(transport, id);
    return status === 'exited' || status === 'removing';
  } catch (thrown) {
    return isCtError(thrown, 'not_found');
  }
}
