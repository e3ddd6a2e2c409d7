import { basename } from 'node:path';
import { CtError } from '../../base/errors.ts';
import { runProgram } from '../../host/exec.ts';
import { startService } from '../peers/service.ts';
import type { Bench, Opened, Scenario } from '../scenario.ts';
import { planOf } from '../cases.ts';
import { podmanPeer } from '../peers/podman.ts';
import { coldCases } from './cold.ts';

/** How long a container that only ends may take, `ms` */
const TRY_MS = 30_000;

/** A cold session by an OCI runtime other than the one that the engine takes by itself. */
export function runtimeScenario(name: 'crun' | 'runc'): Scenario {
  return {
    id: `cold-offline-${name}`,
    family: 'cold',
    title: `ct run -n offline shell, on podman with ${name}`,
    rounds: (asked) => asked,
    open: (bench) => openWith(name, bench),
  };
}

async function openWith(name: string, bench: Bench): Promise<Opened> {
  const { podman } = bench;
  if (podman === undefined) throw new CtError('failed_precondition', 'there is no podman here');
  if (basename(podman.runtime) === name) {
    throw new CtError('failed_precondition', `${name} is what the engine takes: see cold-offline`);
  }
  const other = { ...podman, runtime: name };
  const plan = await planOf(['-n', 'offline', 'shell'], bench, {});
  const tried = { ...podmanPeer(other, plan, 'none', ['true']), env: bench.env };
  const { exitStatus, stderr } = await runProgram(tried, { deadlineMs: TRY_MS });
  if (exitStatus !== 0) {
    const why = stderr.trim().split('\n').at(-1) ?? '';
    throw new CtError('failed_precondition', `${name} makes no container here: ${why}`);
  }
  const service = await startService(other, bench);
  try {
    const env = { CT_ENGINE: 'podman', CONTAINER_HOST: `unix://${service.socket}` };
    const engine = await bench.engine('podman');
    const opened = await coldCases({ network: 'offline', env, engine, bench, podman: other });
    return { ...opened, missing: [], close: () => service.stop() };
  } catch (thrown) {
    await service.stop();
    throw thrown;
  }
}
