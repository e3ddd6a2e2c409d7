import {
  type Attempt,
  type AttemptResult,
  type AttackReport,
  type Target,
  type Verdict,
} from './attempt.ts';

/**
 * Why an attempt is not made against this target; `undefined` when it is.
 *
 * Only what has no meaning there is left out: a limit that the host cannot enforce, another processor,
 * a network that is meant to be open. What fails to run is never left out, it is `unknown`.
 */
export function reasonToLeave(attempt: Attempt, target: Target): string | undefined {
  if (attempt.stage === 'suite') return `in the suite: ${attempt.run.join(' ')}`;
  if (attempt.arch !== undefined && attempt.arch !== target.arch) {
    return `for other processors than ${target.arch}`;
  }
  if (attempt.networks !== undefined && !attempt.networks.includes(target.network)) {
    return `the network ${target.network} has it on purpose`;
  }
  if (attempt.limit !== undefined && target.enforced[attempt.limit] === undefined) {
    return `this session has no limit '${attempt.limit}'`;
  }
  return undefined;
}

/**
 * What is seen against what was planned. Without an answer, or with one that says so, it is `unknown`;
 * a profile that permits the attempt makes any answer right; otherwise each word has to be one that
 * means held, or the whole answer such a phrase.
 */
export function judge(attempt: Attempt, seen: string | undefined, target: Target): Verdict {
  if (seen === undefined || seen === '' || seen.startsWith('unknown')) return 'unknown';
  if (isPermitted(attempt, target)) return 'held';
  const isHeld =
    attempt.held.includes(seen) || seen.split(' ').every((word) => attempt.held.includes(word));
  return isHeld ? 'held' : 'through';
}

function isPermitted(attempt: Attempt, target: Target): boolean {
  return attempt.permittedBy?.includes(target.seccomp) === true;
}

/** The report of all attempts, from what was seen of each, by id. */
export function report(
  attempts: readonly Attempt[],
  target: Target,
  seen: ReadonlyMap<string, string>,
  tookMs: number,
): AttackReport {
  const results: AttemptResult[] = [];
  const left: AttackReport['left'][number][] = [];
  for (const attempt of attempts) {
    const why = reasonToLeave(attempt, target);
    const { id, title } = attempt;
    if (why !== undefined) {
      left.push({ id, title, why });
      continue;
    }
    const result = resultOf(attempt, target, seen.get(id));
    // A trap that lies is no news; what it caught is told by others.
    if (attempt.trap !== true || result.verdict !== 'held') results.push(result);
  }
  const counts: Record<Verdict, number> = { held: 0, through: 0, unknown: 0 };
  for (const { verdict } of results) counts[verdict]++;
  return { schema: 1, target, attempts: results, left, counts, tookMs };
}

function resultOf(attempt: Attempt, target: Target, seen: string | undefined): AttemptResult {
  const { id, title, group, stage, cve = [], expect } = attempt;
  const expected = isPermitted(attempt, target) ? `allowed: ${target.seccomp}` : expect;
  const verdict = judge(attempt, seen, target);
  return { id, title, group, cve, stage, expected, seen: seen ?? 'no answer', verdict };
}
