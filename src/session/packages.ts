import { lstatSync } from 'node:fs';
import type { Agent } from '../agents/agent.ts';
import { PACKAGES_VOLUME } from '../base/layout.ts';
import type { Engine } from '../engine/engine.ts';
import type { SessionContext } from './context.ts';

/**
 * Whether the agent's program is in the packages volume. On the path of every run: one call to the
 * engine and one to the file system.
 */
export async function isInstalled(agent: Agent, engine: Engine): Promise<boolean> {
  if (agent.install.kind === 'none') return true;
  const volume = await engine.volumes.inspect(PACKAGES_VOLUME);
  return volume !== undefined && hasProgram(agent, volume.path);
}

/**
 * Makes sure that the agent is installed. The image must be there: see `ensureImage`.
 *
 * At most one process of an installation installs an agent; others wait and then find it.
 *
 * Errors: unavailable when the npm registry cannot be reached; not_found when it has no such package;
 * resource_exhausted; failed_precondition with npm's own words otherwise
 */
export async function ensureAgent(
  agent: Agent,
  context: SessionContext,
  signal?: AbortSignal,
): Promise<void> {
  const engine = await context.engine();
  if (await isInstalled(agent, engine)) return;
  const { installAgent } = await import('./install-agent.ts');
  await installAgent(agent, context, signal);
}

/**
 * Whether `<volume>/<agent>/current/bin/<command>` is there: a look from outside, no container. The
 * program itself is a link that only resolves inside.
 */
export function hasProgram(agent: Agent, volumePath: string): boolean {
  const path = `${volumePath}/${agent.name}/current/bin/${agent.command}`;
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
