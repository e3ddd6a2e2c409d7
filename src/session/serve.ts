import { runOwner, type OwnerOptions } from '../gateway/owner/server.ts';
import { resolvePaths } from '../host/paths.ts';

/** Serves networks of sessions until the last of them has ended; see `runOwner`. */
export async function serveNetworks(
  env: NodeJS.ProcessEnv,
  uid: number,
  options: OwnerOptions,
): Promise<void> {
  const { runtimeDir, stateDir } = resolvePaths(env, uid);
  // A lookup holds a thread for as long as the resolver takes; this process has many sessions.
  process.env['UV_THREADPOOL_SIZE'] ??= '16';
  await runOwner({ runtimeDir, stateDir, env }, options);
}
