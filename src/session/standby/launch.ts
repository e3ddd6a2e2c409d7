import { during } from '../../base/spans.ts';
import type { UndoStack } from '../../base/undo.ts';
import type { Engine } from '../../engine/engine.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import type { SessionContext } from '../context.ts';
import type { Launch, RunEnd } from '../start.ts';
import type { WarmStart } from '../warm/run.ts';
import { claimStandby } from './claim.ts';
import { insistOnSize } from './insist-on-size.ts';

/** What the service has prepared for a run. */
type Prepared = Launch & { readonly plan: SessionPlan };

/** The end of a run that a warm session has served, or the standby for it; `undefined` when it is to start cold. */
export async function findPrepared(
  start: WarmStart,
  undo: UndoStack,
): Promise<RunEnd | Prepared | undefined> {
  const { plan, engine, context } = start;
  if (context.config.daemon.auto_start) {
    const { runWarm } = await import('../warm/run.ts');
    const end = await runWarm(start);
    if (end !== undefined) return end;
  }
  return launchClaimed(plan, engine, context, undo);
}

/**
 * The standby for this plan, if there is one: from here on it ends with this run, as a session that it has
 * made itself.
 */
async function launchClaimed(
  wanted: SessionPlan,
  engine: Engine,
  context: SessionContext,
  undo: UndoStack,
): Promise<Prepared | undefined> {
  const claimed = await during(context.spans, 'claim', () => claimStandby(wanted, context));
  if (claimed === undefined) return undefined;
  const { plan, id, gate } = claimed;
  undo.push('claim', async () => claimed.forget());
  undo.push(`container ${plan.container.name}`, () => engine.remove(plan.container.name));
  undo.push('gate', async () => gate.abandon());
  context.report.debug(`standby ${plan.session} serves this run`);
  const awaitSize = (): Promise<void> => insistOnSize(engine, claimed, context.env);
  return { plan, id, initialised: Promise.resolve(), claimed: { ...claimed, awaitSize } };
}
