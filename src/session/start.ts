import { CtError } from '../base/errors.ts';
import { exitStatusOfSignal } from '../base/exit.ts';
import { during } from '../base/spans.ts';
import { UndoStack } from '../base/undo.ts';
import type { Engine } from '../engine/engine.ts';
import { leaveOwnerMark, type OwnerMark } from '../host/owner-marks.ts';
import type { RunOptions } from '../plan/options.ts';
import type { SessionPlan } from '../plan/plan.ts';
import { interruptible } from './interrupt.ts';
import type { SessionContext } from './context.ts';
import type { Watch } from './explain-denials.ts';
import type { Gathered } from './deliver-secrets.ts';
import type { SessionNetwork } from './network.ts';
import { knowsPackages } from './package-state.ts';
import { planRun } from './plan.ts';
import { createSession } from './create.ts';
import { requestLeaves } from './request-leaves.ts';
import type { Claimed } from './standby/claim.ts';
import { releaseProject, tellHidden } from './project.ts';
import { timeProgram } from './time-program.ts';

/** How a run ended for the one who started it. */
export interface RunEnd {
  /** The agent's exit status; 0 for a detached session that started */
  readonly status: number;
  /** Id of a session that was started and left running */
  readonly detached?: string;
}

/**
 * A run from beginning to end: image → packages → create → init → attach → start → gate → exit
 * status. Each step pushes its undo; a failure takes all of them back and reports both.
 */
export async function runSession(options: RunOptions, context: SessionContext): Promise<RunEnd> {
  const { spans } = context;
  const wanted = await planWithOffers(options, context);
  tellHidden(wanted, context);
  if (knowsPackages(context.paths)) {
    (await import('./changed-packages.ts')).tellChangedPackages(context);
  }
  for (const warning of wanted.warnings) context.report.warn(warning);
  const undo = new UndoStack();
  const interrupt = interruptible();
  const mark = leaveOwnerMark(context.paths.runtimeDir, context.owner);
  try {
    const prepared = mayStandBy(context)
      ? await (await import('./standby/launch.ts')).seekPrepared(wanted, context, undo)
      : undefined;
    const engine = await during(spans, 'engine', () => context.engine());
    const gathering = gather(wanted, context, interrupt.signal);
    // Awaited below; a failure of the creation is reported first.
    gathering.catch(() => undefined);
    const handOver = (): void => {
      interrupt.signal.throwIfAborted();
      interrupt.release();
    };
    const start = { options, plan: wanted, engine, context, gathering, handOver };
    const claimed = await prepared?.find(start);
    if (claimed && 'status' in claimed) return claimed;
    const plan = claimed?.plan ?? wanted;
    const launch = claimed ?? (await makeContainer(plan, engine, context, undo, interrupt.signal));
    // The engine works for forty milliseconds; what comes after is loaded meanwhile.
    await Promise.all([
      import('./at-gate.ts').then((gate) => gate.prepareGate(plan, context)),
      plan.detach ? undefined : import('./follow.ts').then((it) => it.prepareToFollow()),
    ]);
    if (plan.review) (await import('./review.ts')).beginReview(plan, context);
    const [secrets, pid] = await Promise.all([gathering, launch.initialised]);
    interrupt.signal.throwIfAborted();
    const starting = {
      wanted,
      options,
      plan,
      engine,
      launch,
      pid,
      context,
      undo,
      handOver,
      mark,
      secrets,
    };
    if (!plan.detach) return await startAttached(starting);
    return await (await import('./start-detached.ts')).startDetached(starting);
  } catch (thrown) {
    const cleanup = await undo.unwind();
    if (interrupt.signal.aborted && interrupt.caught !== undefined) {
      return { status: exitStatusOfSignal(interrupt.caught) };
    }
    throw CtError.from(thrown).withCleanup(cleanup);
  } finally {
    interrupt.release();
    mark.remove();
  }
}

/** The plan; made again when the user just granted something that it did not have. */
async function planWithOffers(options: RunOptions, context: SessionContext): Promise<SessionPlan> {
  const plan = await planRun(options, context);
  if (plan.secrets.offered.length === 0) return plan;
  const { offerSecrets } = await import('./offer-secrets.ts');
  return (await offerSecrets(plan, context)) ? planRun(options, context) : plan;
}

/** Reads granted secrets while the engine works; without a grant nothing is loaded. */
async function gather(
  plan: SessionPlan,
  context: SessionContext,
  signal: AbortSignal,
): Promise<Gathered | undefined> {
  if (plan.secrets.grants.length === 0) return undefined;
  const { gatherSecrets } = await import('./deliver-secrets.ts');
  return during(context.spans, 'secrets', () => gatherSecrets(plan, context, signal));
}

/** A container for a run: one that was made for it, or a standby that it has claimed. */
export interface Launch {
  /** Engine's id of the container */
  readonly id: string;
  /** Settles when its namespaces and mounts are there; see `Engine.init` */
  readonly initialised: Promise<number | undefined>;
  /** It runs already, and waits at its gate */
  readonly claimed?: Pick<Claimed, 'pid' | 'gate' | 'attached' | 'forget'> & {
    /** Resolves when the terminal inside has the size of the user's */
    awaitSize(): Promise<void>;
  };
}

/** Its set-up goes on when this resolves. */
async function makeContainer(
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
  await requestLeaves();
  return { id, initialised };
}

/** Whether anything of standbys and warm sessions has to be loaded. */
function mayStandBy({ config, env }: SessionContext): boolean {
  const { standby, auto_start: isWarm } = config.daemon;
  return isWarm || standby > 0 || (env['CT_STANDBY'] ?? '') !== '';
}

/** A session on its way to its gate. */
export interface Starting {
  /** As it was planned; `plan` has the name of the standby that serves it, if one does */
  readonly wanted: SessionPlan;
  readonly options: RunOptions;
  readonly plan: SessionPlan;
  readonly engine: Engine;
  readonly launch: Launch;
  /** Host pid of PID 1, where it is known already */
  readonly pid: number | undefined;
  readonly context: SessionContext;
  readonly undo: UndoStack;
  /** From here on signals belong to the session. Throws when one came before. */
  readonly handOver: () => void;
  readonly mark: OwnerMark;
  readonly secrets: Gathered | undefined;
}

/**
 * Attaching goes on while PID 1 is looked for and started: the gate holds the program back until the streams
 * are there and, in a terminal, until its size is set, so no output can be lost.
 */
async function startAttached(starting: Starting): Promise<RunEnd> {
  const { plan, engine, launch, context, undo, handOver, mark, secrets } = starting;
  const { id } = launch;
  const atGate = context.spans.begin('start');
  const { terminal, limits } = plan.container.sandbox;
  const { beginLaunched, findProcess, passGate } = await import('./at-gate.ts');
  const attached =
    launch.claimed?.attached ?? engine.attach(id, { stdin: true, terminal, fresh: true });
  const found = findProcess(starting);
  const started = found.then(() => (launch.claimed ? undefined : engine.start(id)));
  // After the start was asked for: these take processes, and the engine is not to wait for them.
  const begun = found.then(async (process) => {
    await requestLeaves();
    return beginLaunched(starting, process);
  });
  // Whoever fails first is reported; the others must not fail unheard later.
  for (const call of [attached, begun, started]) call.catch(() => undefined);
  const [{ followSession }, streams, launched] = await Promise.all([
    import('./follow.ts'),
    attached,
    begun,
    terminal ? started : undefined,
  ]);
  undo.push('attached streams', async () => streams.close());
  let swept: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  let watch: Watch | undefined;
  let exited: (() => void) | undefined;
  const onEnd: SessionNetwork[] = [];
  const release = (): void => {
    releaseProject(plan, context);
    launch.claimed?.forget();
  };
  const status = await followSession({
    engine,
    report: context.report,
    pid: launched.pid,
    id,
    session: plan.session,
    terminal,
    memoryBytes: limits.memoryBytes,
    // With a limit only the engine knows whether the kernel killed something of the session for it.
    note: limits.memoryBytes === undefined ? engine.exitNote(id, launched.pid) : undefined,
    streams,
    viewer: false,
    whenOver: () => {
      for (const part of onEnd) part.over();
      release();
    },
    whenConnected: async () => {
      // The session's own listeners are there by now: without any, a signal on its way would be dropped.
      handOver();
      const beforeOpen = async (): Promise<void> => {
        if (plan.explainDenials) {
          const { watchSession } = await import('./explain-denials.ts');
          watch = await watchSession(plan, launched.pid, context);
        }
        exited = timeProgram(context.spans, streams);
      };
      const running = { plan, engine, id, ...launched, context };
      const gate = launch.claimed === undefined ? {} : { claimed: launch.claimed.gate };
      const waiting = { ...running, undo, secrets, started, atGate, beforeOpen, onEnd, ...gate };
      if (terminal) await launch.claimed?.awaitSize();
      await Promise.all([passGate(waiting), started]);
      if (mayStandBy(context)) {
        next = import('./standby/next.ts').then((it) => it.prepareNext(starting));
      }
      // Loaded only after a ct was killed.
      if (mark.somebodyDied) {
        swept = import('./prune.ts').then((prune) => prune.sweepAfterDead(mark, engine, context));
      }
    },
  });
  exited?.();
  const removed = context.spans.begin('remove');
  await watch?.report();
  release();
  if (plan.review) await (await import('./review.ts')).endReview(plan, context);
  await Promise.all([swept, next, ...onEnd.map((part) => part.end())]);
  undo.commit();
  removed();
  if (status !== 0 && !terminal) (await import('./tell-keyless.ts')).tellKeyless(plan, context);
  return { status };
}
