import type { AttachOptions, ProcessStreams } from '../engine.ts';
import { processStreams } from '../streams.ts';
import { containerPath } from './containers.ts';
import type { Transport } from './transport.ts';

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
  return processStreams(socket, options);
}
