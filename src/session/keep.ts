import { silentReport } from '../base/report.ts';
import { keepOutputs } from '../engine/open.ts';
import { ownProgram } from '../host/own-program.ts';
import { resolvePaths } from '../host/paths.ts';

/** Keeps the output of detached sessions until the last of them has ended; see `runKeeper`. */
export async function keepSessions(
  env: NodeJS.ProcessEnv,
  uid: number,
  idleSeconds: number,
): Promise<void> {
  await keepOutputs({
    config: { engine: { kind: 'containerd', socket: '', idle_timeout: idleSeconds } },
    ...resolvePaths(env, uid),
    env,
    report: silentReport,
    self: ownProgram(),
  });
}
