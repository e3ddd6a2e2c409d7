import { CtError } from '../../base/errors.ts';
import { during } from '../../base/spans.ts';
import type { Engine } from '../../engine/engine.ts';
import type { RunOptions } from '../../plan/options.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import { isAsConfigured } from '../../plan/warm.ts';
import type { SessionContext } from '../context.ts';
import { deliverSecrets, withdrawSecrets, type Gathered } from '../deliver-secrets.ts';
import { forgetClaim } from '../standby/claims.ts';
import type { RunEnd } from '../start.ts';
import { claimWarm, wantsWarm, type ClaimedWarm } from './claim.ts';
import { enterWarm, type Entered } from './enter.ts';
import { followEntered } from './follow.ts';

/** A run that may find a warm session. */
export interface WarmStart {
  readonly options: RunOptions;
  readonly plan: SessionPlan;
  readonly engine: Engine;
  readonly context: SessionContext;
  readonly gathering: Promise<Gathered | undefined>;
  /** From here on signals belong to the program. Throws when one came before. */
  readonly handOver: () => void;
}

/**
 * The run as a program in the warm session of its agent; `undefined` when there is none that is exactly what the run
 * asks for, or it turns out not to be what it should: the run then starts cold.
 */
export async function runWarm(start: WarmStart): Promise<RunEnd | undefined> {
  const { plan, context, options } = start;
  if (!wantsWarm(plan, context)) return undefined;
  const claimed = await during(context.spans, 'claim', () =>
    claimWarm(plan, context, isAsConfigured(options)),
  );
  if (claimed === undefined) return undefined;
  const entered = await enterOrEnd(claimed, start);
  if (entered === undefined) return undefined;
  for (const warning of claimed.warnings) context.report.warn(warning);
  context.report.debug(`warm session ${claimed.session} serves this run`);
  return perform(claimed, entered, start);
}

/** One that is not as planned any more serves nobody again. */
async function enterOrEnd(
  claimed: ClaimedWarm,
  { plan, engine, context }: WarmStart,
): Promise<Entered | undefined> {
  try {
    return await during(context.spans, 'start', () => enterWarm(claimed, plan, engine, context));
  } catch (thrown) {
    const { message, hint = '' } = CtError.from(thrown);
    context.report.verbose(`no warm session: ${message} ${hint.split('\n')[0] ?? ''}`.trim());
    await engine.remove(claimed.id);
    claimed.leave();
    return undefined;
  }
}

async function perform(
  claimed: ClaimedWarm,
  entered: Entered,
  { plan, engine, context, gathering, handOver }: WarmStart,
): Promise<RunEnd> {
  const ours: SessionPlan = { ...plan, session: claimed.session };
  let secrets: Gathered | undefined;
  const isServiceGone = watchService(claimed, context);
  const sinceMs = Date.now();
  try {
    if (plan.review) (await import('../review.ts')).beginReview(ours, context);
    const status = await followEntered(entered, context, async () => {
      secrets = await gathering;
      handOver();
      const lines = secrets && deliverSecrets(claimed.pid, secrets);
      await entered.gate.open(lines);
    });
    if (plan.review) await (await import('../review.ts')).endReview(ours, context);
    const { tellNetwork } = await import('../tell-network.ts');
    tellNetwork(ours, context, sinceMs);
    return { status };
  } finally {
    entered.gate.abandon();
    await tidyUp(claimed, secrets, engine, context, isServiceGone());
  }
}

/** Its network is served by somebody else then. Says at the end whether the service went away. */
function watchService({ lost }: ClaimedWarm, context: SessionContext): () => boolean {
  let isGone = false;
  void lost.then(async () => {
    isGone = true;
    const { reviveNetworks } = await import('../network.ts');
    await reviveNetworks(context).catch((error: unknown) => context.report.debug(String(error)));
  });
  return () => isGone;
}

/** Secrets go with the run that had them; a session that nobody keeps any more goes too. */
async function tidyUp(
  claimed: ClaimedWarm,
  secrets: Gathered | undefined,
  engine: Engine,
  context: SessionContext,
  isOrphan: boolean,
): Promise<void> {
  try {
    if (secrets !== undefined && !isOrphan) withdrawSecrets(claimed.pid, secrets);
  } catch (thrown) {
    // The service looks for itself, and ends a session in which a secret is left.
    context.report.debug(`secrets: ${String(thrown)}`);
  }
  if (isOrphan) {
    await engine.remove(claimed.id);
    forgetClaim(context.paths.stateDir, claimed.session);
  }
  claimed.leave();
}
