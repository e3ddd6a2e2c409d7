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

/** A search for what is prepared, which the service may be busy with already. */
interface Search {
  /** The end of a run that a warm session has served, or the standby for it; `undefined` when it is to start cold */
  find(start: WarmStart): Promise<RunEnd | Prepared | undefined>;
}

/** Begins to look for what is prepared; a warm session goes before a standby. */
export async function seekPrepared(
  wanted: SessionPlan,
  context: SessionContext,
  undo: UndoStack,
): Promise<Search> {
  if (!context.config.daemon.auto_start) {
    const { launch } = await beginClaim(wanted, context, undo);
    return { find: () => launch };
  }
  return {
    find: async (start) => {
      const { runWarm } = await import('../warm/run.ts');
      return (await runWarm(start)) ?? (await beginClaim(wanted, context, undo)).launch;
    },
  };
}

/**
 * Asks for a standby of this plan, and comes back when the question is on its way: the service has something
 * to do then, and the run its engine to open.
 */
async function beginClaim(
  wanted: SessionPlan,
  context: SessionContext,
  undo: UndoStack,
): Promise<{ readonly launch: Promise<Prepared | undefined> }> {
  let launch = Promise.resolve<Prepared | undefined>(undefined);
  await new Promise<unknown>((asked) => {
    launch = launchClaimed(wanted, context, undo, () => asked(undefined));
    launch.then(asked, asked);
  });
  // One that is ours by the time that something else fails must not be forgotten; why there is none the run says.
  undo.push('claim of a standby', async () => void (await launch.catch(() => undefined)));
  return { launch };
}

/** The standby, if there is one: from here on it ends with this run, as a session that it has made itself. */
async function launchClaimed(
  wanted: SessionPlan,
  context: SessionContext,
  undo: UndoStack,
  onAsked: () => void,
): Promise<Prepared | undefined> {
  const { spans } = context;
  const claimed = await during(spans, 'claim', () => claimStandby(wanted, context, onAsked));
  if (claimed === undefined) return undefined;
  const { plan, id, gate, attached } = claimed;
  const engine = (): Promise<Engine> => context.engine();
  undo.push('claim', async () => claimed.forget());
  undo.push(`container ${plan.container.name}`, async () =>
    (await engine()).remove(plan.container.name),
  );
  undo.push('gate', async () => gate.abandon());
  undo.push('streams', async () => (await attached.catch(() => undefined))?.close());
  context.report.debug(`standby ${plan.session} serves this run`);
  const awaitSize = (): Promise<void> =>
    engine().then((its) => insistOnSize(its, claimed, context.env));
  return {
    plan,
    id,
    initialised: Promise.resolve(claimed.pid),
    claimed: { ...claimed, awaitSize },
  };
}
