import { CtError, isCtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { Engine } from '../engine/engine.ts';
import { findMountFaults } from '../host/mounted.ts';
import { placeFor, recallText, rememberText } from '../host/remembered.ts';
import { heldStubs, placeStubs, releaseStubs } from '../host/stubs.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { Waiting } from './at-gate.ts';
import type { SessionContext } from './context.ts';

/** Puts the mount points in place that the project lacks. */
export function holdProject(plan: SessionPlan, { paths, owner }: SessionContext): void {
  const { source: dir, stubs, mounted } = plan.project;
  const { session } = plan;
  placeStubs(stubs, {
    ...{ stateDir: paths.stateDir, session, owner, dir },
    inode: mounted[0]?.inode ?? '',
  });
}

/**
 * Takes them back after a failure, and only when the container is gone: one that lives on would find its
 * project unprotected.
 */
export async function undoHold(
  plan: SessionPlan,
  { paths }: SessionContext,
  engine: Engine,
): Promise<void> {
  try {
    await engine.inspect(plan.container.name);
  } catch (thrown) {
    if (isCtError(thrown, 'not_found')) releaseStubs(paths.stateDir, plan.session);
  }
}

/** The session has ended: the project is as it was. */
export function releaseProject(plan: SessionPlan, { paths }: SessionContext): void {
  releaseStubs(paths.stateDir, plan.session);
}

/**
 * Compares, at the gate, what was mounted with what was surveyed.
 *
 * Errors: failed_precondition when somebody changed the project in between
 */
export function checkProject({ plan, pid }: Pick<Waiting, 'plan' | 'pid'>): void {
  const faults = findMountFaults(pid, plan.project.mounted);
  if (faults.length === 0) return;
  throw new CtError(
    'failed_precondition',
    `the project was changed while the session started: ${printable(faults.slice(0, 3).join('; '))}`,
    {
      hint: 'run the command again; if it happens again, see which other session works there: ct ps',
    },
  );
}

/**
 * Has the mount points taken away when the session ends, whatever becomes of this process. For one that ended
 * before it was asked for, and has no PID 1, whoever removes it does.
 */
export async function guardProject({
  plan,
  pid,
  context,
}: Pick<Waiting, 'plan' | 'pid' | 'context'>): Promise<void> {
  if (pid === 0) return;
  const held = heldStubs(context.paths.stateDir, plan.session);
  if (held === undefined) return;
  const { guardStubs } = await import('../host/stub-guard.ts');
  guardStubs(pid, held);
}

/** Tells what the agent does not see: once for each project, and again when it changes. */
export function tellHidden(plan: SessionPlan, { paths, report }: SessionContext): void {
  const { hidden, tracked, isCutShort, source } = plan.project;
  if (hidden.length === 0 && tracked.length === 0) return;
  const text = JSON.stringify([hidden, tracked, isCutShort]);
  const path = placeFor(paths.stateDir, 'hidden', source);
  if (recallText(path) === text) return;
  if (hidden.length > 0) {
    report.note(`hidden from the agent: ${list(hidden)} (to show one: --visible NAME)`);
  }
  if (tracked.length > 0) {
    report.note(`not hidden, since git has them: ${list(tracked)}`);
  }
  if (isCutShort) report.verbose('the search for secrets did not go into every directory');
  rememberText(path, text);
}

/** As many as fit on a line or two. */
const SHOWN = 12;

function list(names: readonly string[]): string {
  const shown = names.slice(0, SHOWN).map(printable).join(', ');
  return names.length > SHOWN ? `${shown} and ${names.length - SHOWN} more` : shown;
}
