import { setTimeout as sleep } from 'node:timers/promises';
import { during } from '../base/spans.ts';
import type { UndoStack } from '../base/undo.ts';
import type { Engine } from '../engine/engine.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { isOver } from '../host/process.ts';
import type { Gathered } from './deliver-secrets.ts';
import { reachGate, type Gate } from './gate.ts';
import { beginNetwork, servesItself, type ComingNetwork, type SessionNetwork } from './network.ts';
import { checkProject, guardProject } from './project.ts';
import type { Starting } from './start.ts';
import { verifyFilter, type Launched } from './verify-filter.ts';
import { verifyLaunch } from './verify-launch.ts';

/** A session whose PID 1 runs and whose agent does not yet. */
export interface Waiting {
  readonly plan: SessionPlan;
  readonly engine: Engine;
  /** Engine's id of the container */
  readonly id: string;
  /** Host pid of PID 1 */
  readonly pid: number;
  /** Fails when it is another one; see `beginLaunched` */
  readonly isOurFilter: Promise<void>;
  readonly network: ComingNetwork;
  readonly context: SessionContext;
  readonly undo: UndoStack;
  /** Settles when the engine has started PID 1; not given when it has already */
  readonly started?: Promise<unknown>;
  /** Told when the entry point waits at its gate */
  readonly atGate: () => void;
  /** Watchers that must see the agent's first call take their place here, when all else is done */
  readonly beforeOpen?: () => Promise<void>;
  /** What was granted and read; `undefined` when nothing is granted */
  readonly secrets: Gathered | undefined;
  /** Ended when the session is over */
  readonly onEnd: SessionNetwork[];
  /** The gate of a standby: it was reached and the session verified when it was claimed */
  readonly claimed?: Gate;
}

/** Loads what the gate will need, while the engine works. */
export async function prepareGate(plan: SessionPlan, { paths }: SessionContext): Promise<void> {
  await Promise.all([
    import('../host/stub-guard.ts'),
    servesItself(plan, paths) ? import('../gateway/served-session.ts') : undefined,
  ]);
}

/**
 * Which process is PID 1; there is one before it is started. While the engine starts a container it tells nothing
 * of it, and whoever asks then is answered when it is done.
 */
export async function findProcess({ engine, launch, pid }: Starting): Promise<Process> {
  // The service looked at the filter of a standby when it made it; an engine that tells the pid hands ours on as it is.
  if (pid === undefined) return engine.inspect(launch.id);
  return { pid, runtimeConfig: undefined, imageId: undefined };
}

/** See `Launched` */
type Process = Pick<Launched, 'pid' | 'runtimeConfig' | 'imageId'>;

/**
 * What is begun as soon as there is a PID 1, since the engine has still things to do: a look at the filter,
 * and a network that serves nobody yet.
 */
export function beginLaunched(
  { plan, context, undo }: Starting,
  { pid, runtimeConfig, imageId }: Process,
): Pick<Waiting, 'pid' | 'isOurFilter' | 'network'> {
  const isOurFilter = verifyFilter({ plan, context, pid, runtimeConfig, imageId });
  // Of a session that ended first nothing can be read: its exit status tells why.
  isOurFilter.catch(() => undefined);
  return { pid, isOurFilter, network: beginNetwork({ plan, context, pid, undo }) };
}

/**
 * What happens while the entry point waits, in this order, and then the opening. If a step fails the
 * gate stays closed: the agent never runs, and the caller removes the container.
 *
 * Resolves to `ended` when PID 1 ended before the gate was open.
 */
export async function passGate(waiting: Waiting): Promise<'open' | 'ended'> {
  try {
    return await pass(waiting);
  } finally {
    waiting.network.drop();
  }
}

async function pass(waiting: Waiting): Promise<'open' | 'ended'> {
  const verify = (): void => verifyLaunch(waiting.plan, waiting.pid);
  const gate =
    waiting.claimed ??
    (await reachGate(waiting.pid, { whenSlow: verify, started: waiting.started }));
  waiting.atGate();
  const { spans } = waiting.context;
  if (gate === undefined) return 'ended';
  try {
    if (waiting.claimed === undefined) {
      const verified = spans.begin('verify');
      checkProject(waiting);
      verify();
      await waiting.isOurFilter;
      verified();
    }
    waiting.onEnd.push(await during(spans, 'network', () => waiting.network.serve()));
    const lines = await secretLines(waiting);
    await waiting.beforeOpen?.();
    await gate.open(lines);
    await guard(waiting);
    return 'open';
  } catch (thrown) {
    // Of a session that ended meanwhile, by a signal for one, every step fails; its exit status tells why.
    if (await endsSoon(waiting.pid)) return 'ended';
    throw thrown;
  } finally {
    gate.abandon();
  }
}

/**
 * From here on nothing that the session holds in the project depends on this process; until then, the next ct would find
 * it. As late as that, since it costs a process, for which the agent does not wait. Where a standby came from there is
 * one already.
 */
async function guard({ plan, pid, context, claimed }: Waiting): Promise<void> {
  if (claimed !== undefined) return;
  await guardProject({ plan, pid, context }).catch((thrown: unknown) =>
    context.report.debug(`mount points: ${String(thrown)}`),
  );
}

/** A process that is ending is gone from /proc in parts before it is a zombie, `ms` */
const ENDING_MS = 50;

async function endsSoon(pid: number): Promise<boolean> {
  for (const begun = performance.now(); performance.now() - begun < ENDING_MS;) {
    if (isOver(pid)) return true;
    await sleep(2);
  }
  return isOver(pid);
}

/** Files are written; variables, and the words that a standby did not know, come back as lines for the gate. */
async function secretLines(waiting: Waiting): Promise<Buffer | undefined> {
  const { pid, plan, secrets, context, claimed } = waiting;
  const words = claimed && plan.command;
  if (secrets !== undefined) {
    const { deliverSecrets } = await import('./deliver-secrets.ts');
    return during(context.spans, 'secrets', async () => deliverSecrets(pid, secrets, words));
  }
  if (words === undefined) return undefined;
  const { gateLines } = await import('../secrets/gate-lines.ts');
  return gateLines([], words);
}
