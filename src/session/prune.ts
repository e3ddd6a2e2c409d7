import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { ownerState } from '../host/process.ts';
import { LABEL, parseOwner } from '../plan/labels.ts';
import type { SessionContext } from './context.ts';

/**
 * Whether nobody will ever come back for this container: its owner is dead and it is not a detached
 * session that runs. One whose owner cannot be judged stays.
 */
export function isAbandoned(
  container: Pick<ContainerSummary, 'labels' | 'status'>,
  stateOf: typeof ownerState = ownerState,
): boolean {
  const owner = parseOwner(container.labels[LABEL.owner]);
  if (owner === undefined || stateOf(owner) !== 'dead') return false;
  if (container.labels[LABEL.life] !== 'detached') return true;
  return container.status !== 'running' && container.status !== 'paused';
}

/**
 * Removes what ct processes of this installation left when they were killed. Returns the names.
 *
 * Found by label and owner (pid and start time), so sessions of others and living ones are safe.
 */
export async function pruneAbandoned(
  engine: Engine,
  context: SessionContext,
): Promise<readonly string[]> {
  const all = await engine.list([`${LABEL.instance}=${context.instance()}`]);
  const abandoned = all.filter((container) => isAbandoned(container));
  for (const container of abandoned) {
    await engine.remove(container.id);
    context.report.verbose(`removed ${container.name}, left behind by a ct that was killed`);
  }
  return abandoned.map((container) => container.name);
}

/** The same while a session already runs: a failure is not the session's. */
export function sweepInBackground(engine: Engine, context: SessionContext): void {
  pruneAbandoned(engine, context).catch((error: unknown) => {
    context.report.debug(`clean-up: ${String(error)}`);
  });
}
