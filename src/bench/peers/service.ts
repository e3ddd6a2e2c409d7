import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import type { Bench, PodmanPeer } from '../scenario.ts';

/** How long a service may take to listen, `ms` */
const LISTENS_MS = 10_000;

/** A service of Podman's API for this bench alone. */
export interface OwnService {
  readonly socket: string;
  stop(): Promise<void>;
}

/**
 * Starts `podman system service` with an OCI runtime of choice, beside the one that ct uses and over the
 * same storage.
 *
 * Errors: deadline_exceeded
 */
export async function startService(podman: PodmanPeer, bench: Bench): Promise<OwnService> {
  const socket = `${bench.runtimeDir}/ct-bench-${process.pid}.sock`;
  const args = [`--runtime=${podman.runtime}`, 'system', 'service', '--time=0', `unix://${socket}`];
  const child = spawn(podman.program, args, { env: bench.env, cwd: '/', stdio: 'ignore' });
  const ended = once(child, 'exit');
  ended.catch(() => undefined);
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended.catch(() => undefined);
    rmSync(socket, { force: true });
  };
  for (const untilMs = performance.now() + LISTENS_MS; !existsSync(socket);) {
    if (performance.now() > untilMs) {
      await stop();
      throw new CtError(
        'deadline_exceeded',
        `podman with ${podman.runtime} does not begin to listen`,
      );
    }
    await sleep(20, undefined, { signal: bench.signal });
  }
  return { socket, stop };
}
