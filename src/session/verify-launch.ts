import { CtError } from '../base/errors.ts';
import { fileError } from '../host/errors.ts';
import { observe, observingHost } from '../host/observe.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { ObservedSandbox } from '../sandbox/observed.ts';
import { verifySandbox, type Difference } from '../sandbox/verify/verify.ts';

/** More lines than this say nothing more. */
const SHOWN = 12;

/**
 * Reads from outside what the kernel really enforces on a session that waits at its gate, and compares
 * it with the plan: an engine that ignores a field, or a word that we mistyped, cannot weaken it.
 *
 * Errors: failed_precondition with the differences; the caller removes the container
 * Source: SECURITY SEC-20
 */
export function verifyLaunch(plan: SessionPlan, pid: number): void {
  insist(plan, look(pid));
}

/** The same of one whose network is attached already. Errors: as `verifyLaunch` */
export function verifyAttached(plan: SessionPlan, pid: number): void {
  insist(plan, withoutUplink(plan, look(pid)));
}

function insist({ container }: SessionPlan, seen: ObservedSandbox): void {
  const differences = verifySandbox(container.sandbox, seen, observingHost());
  if (differences.length > 0) throw notAsPlanned(differences);
}

/** A permissive session has one interface beside loopback by then. */
export function withoutUplink(
  { network }: Pick<SessionPlan, 'network'>,
  seen: ObservedSandbox,
): ObservedSandbox {
  if (network !== 'permissive') return seen;
  const [, ...others] = seen.interfaces.filter((name) => name !== 'lo');
  return { ...seen, interfaces: ['lo', ...others] };
}

/** Processes that are not ours cannot be looked at, and the plan says that they are ours. */
function look(pid: number): ObservedSandbox {
  try {
    return observe(pid);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'EACCES' || code === 'EPERM') {
      throw notAsPlanned([{ what: 'user', planned: 'your own account', seen: 'another one' }]);
    }
    throw fileError(thrown, 'verify the session', `/proc/${pid}`);
  }
}

/** What differs, and that nothing was started. */
export function notAsPlanned(differences: readonly Difference[]): CtError {
  const lines = differences
    .slice(0, SHOWN)
    .map(({ what, planned, seen }) => `${what}: planned ${planned}, seen ${seen}`);
  const more = differences.length - lines.length;
  return new CtError('failed_precondition', 'the session is not isolated as planned: not started', {
    hint: [
      ...lines,
      ...(more > 0 ? [`and ${more} more`] : []),
      "the engine did something else than it was asked for: 'ct sys doctor' may say why",
    ].join('\n'),
    details: { differences },
  });
}
