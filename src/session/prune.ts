import { CtError } from '../base/errors.ts';
import { parseOwner, type Owner } from '../base/owner.ts';
import type { ContainerSummary, Engine } from '../engine/engine.ts';
import { sweepStubs } from '../host/stubs.ts';
import type { OwnerMark } from '../host/owner-marks.ts';
import { ownerState } from '../host/process.ts';
import { LABEL } from '../plan/labels.ts';
import type { SessionContext } from './context.ts';
import { claimOf, sweepClaims } from './standby/claims.ts';

/**
 * Whether nobody will ever come back for this container: its owner is dead and it is not a detached
 * session that runs. One whose owner cannot be judged stays.
 */
export function isAbandoned(
  container: Pick<ContainerSummary, 'labels' | 'status'>,
  claimed: Owner | undefined,
  stateOf: typeof ownerState = ownerState,
): boolean {
  const owner = claimed ?? parseOwner(container.labels[LABEL.owner]);
  if (owner === undefined || stateOf(owner) !== 'dead') return false;
  if (container.labels[LABEL.life] !== 'detached') return true;
  return container.status !== 'running' && container.status !== 'paused';
}

/**
 * Removes what ct processes of this installation left when they were killed. Resolves to all other containers
 * of this installation.
 *
 * Found by label and owner (pid and start time), so sessions of others and living ones are safe.
 */
export async function pruneAbandoned(
  engine: Engine,
  context: SessionContext,
  onStuck = (container: ContainerSummary, error: CtError) => warnOf(container, error, context),
): Promise<readonly ContainerSummary[]> {
  const all = await engine.list([`${LABEL.instance}=${context.instance()}`]);
  const { stateDir } = context.paths;
  const abandoned = all.filter((container) => isAbandoned(container, claimOf(container, stateDir)));
  const removed: ContainerSummary[] = [];
  for (const container of abandoned) {
    try {
      await engine.remove(container.id);
      context.report.verbose(`removed ${container.name}, left behind by a ct that was killed`);
      removed.push(container);
    } catch (thrown) {
      onStuck(container, CtError.from(thrown));
    }
  }
  const alive = all.filter((container) => !removed.includes(container));
  const sessions = new Set(alive.map(({ labels }) => labels[LABEL.session] ?? ''));
  sweepStubs(stateDir, (session) => sessions.has(session));
  sweepClaims(stateDir, (session) => sessions.has(session));
  return alive;
}

/** One with a process that hangs in the kernel is no reason to show and end no other. Errors: those of an engine that is away */
function warnOf({ name }: ContainerSummary, error: CtError, { report }: SessionContext): void {
  if (error.code === 'unavailable' || error.code === 'deadline_exceeded') throw error;
  report.warn(`${name}, left behind by a ct that was killed, cannot be removed: ${error.message}`);
}

/**
 * The same while a session already runs, and only if the marks of owners say that one of them was
 * killed. Resolves when it is done; a failure is not the session's, and is tried again by the next.
 */
export async function sweepAfterDead(
  mark: OwnerMark,
  engine: Engine,
  context: SessionContext,
): Promise<void> {
  if (!mark.somebodyDied) return;
  try {
    await pruneAbandoned(engine, context, (_container, error) => {
      throw error;
    });
    mark.forgetDead();
  } catch (thrown) {
    context.report.debug(`clean-up: ${String(thrown)}`);
  }
}
