import { during } from '../../base/spans.ts';
import type { UndoStack } from '../../base/undo.ts';
import type { Engine } from '../../engine/engine.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import type { SessionContext } from '../context.ts';
import type { Launch } from '../start.ts';
import { claimStandby } from './claim.ts';
import { insistOnSize } from './insist-on-size.ts';

/**
 * The standby for this plan, if there is one: from here on it ends with this run, as a session that it has
 * made itself.
 */
export async function launchClaimed(
  wanted: SessionPlan,
  engine: Engine,
  context: SessionContext,
  undo: UndoStack,
): Promise<(Launch & { readonly plan: SessionPlan }) | undefined> {
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
