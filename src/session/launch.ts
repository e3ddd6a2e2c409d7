import { during } from '../base/spans.ts';
import type { UndoStack } from '../base/undo.ts';
import type { Engine } from '../engine/engine.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { createSession } from './create.ts';
import type { Claimed } from './standby/claim.ts';

/** A container for a run: one that was made for it, or a standby that it has claimed. */
export interface Launch {
  /** Engine's id of the container */
  readonly id: string;
  /** Settles when its namespaces and mounts are there */
  readonly initialised: Promise<void>;
  /** It runs already, and waits at its gate */
  readonly claimed?: Claimed;
}

/** Makes a container; its set-up goes on when this resolves. Errors: see `createSession` */
export async function makeContainer(
  plan: SessionPlan,
  engine: Engine,
  context: SessionContext,
  undo: UndoStack,
  signal: AbortSignal,
): Promise<Launch> {
  const { spans } = context;
  const id = await during(spans, 'create', () =>
    createSession(plan, engine, context, undo, signal),
  );
  const initialised = during(spans, 'init', () => engine.init(id));
  initialised.catch(() => undefined);
  return { id, initialised };
}

/** The standby for this plan, if the user wants such and there is one. */
export async function claim(
  plan: SessionPlan,
  context: SessionContext,
): Promise<Claimed | undefined> {
  if (!mayStandBy(context)) return undefined;
  return during(context.spans, 'claim', async () => {
    const { claimStandby } = await import('./standby/claim.ts');
    return claimStandby(plan, context);
  });
}

/** From here on it ends with this run, as one that it has made itself. */
export function takeOver(
  claimed: Claimed,
  engine: Engine,
  context: SessionContext,
  undo: UndoStack,
): Launch {
  const { name } = claimed.plan.container;
  undo.push(`container ${name}`, () => engine.remove(name));
  undo.push('gate', async () => claimed.gate.abandon());
  context.report.debug(`standby ${claimed.plan.session} serves this run`);
  return { id: claimed.id, initialised: Promise.resolve(), claimed };
}

/** Whether anything of standbys has to be loaded. */
export function mayStandBy({ config, env }: SessionContext): boolean {
  return config.daemon.standby > 0 || (env['CT_STANDBY'] ?? '') !== '';
}
