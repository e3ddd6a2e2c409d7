import { UndoStack } from '../../base/undo.ts';
import { CtError, isCtError } from '../../base/errors.ts';
import { silentReport } from '../../base/report.ts';
import { CT_VERSION } from '../../base/version.ts';
import type { Engine } from '../../engine/engine.ts';
import { adopt } from '../../gateway/owner/client.ts';
import { surroundingsOf } from '../../gateway/owner/surroundings.ts';
import { newSessionId } from '../../host/identity.ts';
import { beforeLeaving } from '../../host/leaving.ts';
import { leaveOwnerMark } from '../../host/owner-marks.ts';
import { readStat } from '../../host/process.ts';
import { guardStubs } from '../../host/stub-guard.ts';
import { heldStubs } from '../../host/stubs.ts';
import { asStandby, standbyDigest, type Identity } from '../../plan/standby.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import { openContext, type SessionContext } from '../context.ts';
import { createSession } from '../create.ts';
import { reachGate, type Gate } from '../gate.ts';
import { checkProject, holdProject, releaseProject } from '../project.ts';
import { verifyFilter } from '../verify-filter.ts';
import { verifyLaunch } from '../verify-launch.ts';
import { wishOf, type Networked } from '../network.ts';
import { inProject } from './in-project.ts';
import { surroundingsKey, type ParkWish } from './wish.ts';

/** What a session is prepared as. */
export interface Made {
  /** What must be equal for it to serve a run */
  digest(plan: SessionPlan): string;
  plan(plan: SessionPlan, identity: Identity): SessionPlan;
  /** How long it may wait, `s` */
  age(config: ParkWish['config']): number;
}

const STANDBY: Made = {
  digest: standbyDigest,
  plan: asStandby,
  age: ({ daemon }) => daemon.standby_age,
};

/** A session that waits at its gate for a run to claim it. */
export interface Parked {
  /** See `Made` */
  readonly digest: string;
  /** See `surroundingsKey` */
  readonly surroundings: string;
  readonly plan: SessionPlan;
  readonly engine: Engine;
  readonly context: SessionContext;
  /** Engine's id of the container */
  readonly id: string;
  /** Host pid of PID 1, and its start time */
  readonly pid: number;
  readonly startTicks: string;
  readonly imageId: string;
  /** Held, so that the session ends when this process does */
  readonly gate: Gate;
  readonly warnings: readonly string[];
  /** From then on it is too old, `ms` on the clock that never goes back */
  readonly untilMs: number;
}

/**
 * Starts a session of the wished plan and brings it as far as it goes without a run: verified at its gate,
 * its network attached and served, no secret in it. Nothing is installed or built for it. A confined service
 * starts no engine either: that would be confined as it is, with every session it makes.
 *
 * Errors: those of a start; what was begun is taken back
 */
export async function park(
  wish: ParkWish,
  { isConfined, made = STANDBY }: { readonly isConfined: boolean; readonly made?: Made },
): Promise<Parked> {
  const warnings: string[] = [];
  const report = { ...silentReport, warn: (text: string) => void warnings.push(text) };
  const about = { report, ctVersion: CT_VERSION, mayStartEngine: !isConfined };
  const context = openContext({ ...wish, ...about });
  const plan = made.plan(wish.plan, { session: newSessionId(), owner: context.owner });
  leaveMark(context);
  const undo = new UndoStack();
  try {
    const parts = await begin(plan, wish, context, undo);
    undo.commit();
    const key = { digest: made.digest(wish.plan), surroundings: surroundingsKey(wish) };
    const untilMs = performance.now() + made.age(wish.config) * 1000;
    return { ...key, plan, context, warnings, ...parts, untilMs };
  } catch (thrown) {
    const cleanup = await undo.unwind();
    await context.close();
    throw CtError.from(thrown).withCleanup(cleanup);
  }
}

let isMarked = false;

/** From here on the next run notices when this service was killed, and looks what it left. */
function leaveMark({ paths, owner }: SessionContext): void {
  if (isMarked) return;
  isMarked = true;
  const mark = leaveOwnerMark(paths.runtimeDir, owner);
  beforeLeaving(() => mark.remove());
}

type Parts = Pick<Parked, 'engine' | 'id' | 'pid' | 'startTicks' | 'imageId' | 'gate'>;

async function begin(
  plan: SessionPlan,
  wish: ParkWish,
  context: SessionContext,
  undo: UndoStack,
): Promise<Parts> {
  const engine = await context.engine();
  const id = await createSession(plan, engine, context, undo, new AbortController().signal, {
    hold: () => inProject(plan, () => holdProject(plan, context)),
  });
  await engine.init(id);
  const { pid, runtimeConfig, imageId } = await engine.inspect(id);
  const isOurFilter = verifyFilter({ plan, context, pid, runtimeConfig, imageId });
  isOurFilter.catch(() => undefined);
  await engine.start(id);
  const gate = await reachGate(pid, { whenSlow: () => verifyLaunch(plan, pid) });
  const startTicks = readStat(pid)?.startTicks;
  if (gate === undefined || startTicks === undefined) {
    throw new CtError('failed_precondition', 'the session ended before its gate');
  }
  undo.push('gate', async () => gate.abandon());
  checkProject({ plan, pid });
  verifyLaunch(plan, pid);
  await isOurFilter;
  await attachNetwork({ plan, pid }, wish, context);
  inProject(plan, () => {
    const held = heldStubs(context.paths.stateDir, plan.session);
    if (held !== undefined) guardStubs(pid, held);
  });
  return { engine, id, pid, startTicks, imageId, gate };
}

/** This process serves it: it does so until the session is over. */
async function attachNetwork(
  session: Pick<Networked, 'plan' | 'pid'>,
  { env }: ParkWish,
  { paths }: SessionContext,
): Promise<void> {
  const served = await adopt(paths.runtimeDir, wishOf(session), surroundingsOf(env));
  if (served === undefined) throw new CtError('unavailable', 'nobody serves networks here');
  served.release();
}

/** Ends one that nobody has claimed. No error when it has ended by itself. */
export async function discard({ gate, engine, plan, context }: Parked): Promise<void> {
  gate.abandon();
  try {
    await engine.remove(plan.container.name);
    releaseProject(plan, context);
  } catch (thrown) {
    // Without an engine it ends all the same: its gate is gone, and its own monitor removes it.
    if (!isCtError(thrown, 'unavailable')) throw thrown;
  } finally {
    await context.close();
  }
}
