import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { projectDirectory, resolveDirectory } from '../host/facts.ts';
import { fileError } from '../host/errors.ts';
import { surveyGit } from '../host/git-survey.ts';
import { findExecutables, takeSnapshot } from '../host/review-files.ts';
import { findSnapshot, keepSnapshot, sessionsKept } from '../host/snapshots.ts';
import type { SessionPlan } from '../plan/plan.ts';
import { compareSnapshots, type Change, type Snapshot } from '../review/compare.ts';
import type { SessionContext } from './context.ts';

/** What a session did to files that the host may execute. */
export interface ReviewResult {
  readonly dir: string;
  readonly session: string;
  /** When the session began, milliseconds since the epoch */
  readonly sinceMs: number;
  readonly changes: readonly Change[];
  /** The search came to a bound: there may be more */
  readonly isCutShort: boolean;
}

const CUT_SHORT =
  'this session left directories that the review does not look into (too deep, too many, or shut): there may be more that programs of the host execute';

/** Remembers, before the agent runs, what the host may execute. A project that cannot be read is no error. */
export function beginReview(plan: SessionPlan, { paths, report }: SessionContext): void {
  const { source: dir, repository } = plan.project;
  try {
    const taken = takeSnapshot(dir, repository);
    keepSnapshot(paths.stateDir, { schema: 1, dir, session: plan.session, ...taken });
  } catch (thrown) {
    report.warn(`there will be no review of this session: ${CtError.from(thrown).message}`);
  }
}

/** Tells at the end of a session what the host may execute and the agent made or changed. */
export async function endReview(
  plan: SessionPlan,
  { paths, report }: SessionContext,
): Promise<void> {
  const before = findSnapshot(paths.stateDir, plan.project.source, plan.session);
  if (before === undefined) {
    report.warn('there is no review of this session: what the project was like before is not kept');
    return;
  }
  const { changes, isCutShort } = compareWithNow(before);
  // Of a large project that is always so: only what the session brought about is news.
  if (isCutShort && !before.isCutShort) report.warn(CUT_SHORT);
  if (changes.length === 0) return;
  const { renderChanges, SHORT } = await import('../review/render.ts');
  const many = changes.length === 1 ? 'a file' : `${changes.length} files`;
  report.warn(`${many} that programs of the host execute came out of this session:`);
  for (const line of renderChanges(changes, SHORT)) report.note(line);
  report.note("look at them before you run anything there; 'ct review' shows them in full");
}

/**
 * What changed in a project since a session began there: the newest, or the one named.
 *
 * Errors: not_found when no session of this project is remembered, or not that one, or the directory does not exist
 */
export function reviewProject(
  input: { readonly dir: string | undefined; readonly session: string | undefined },
  { paths }: Pick<SessionContext, 'paths'>,
): ReviewResult {
  const dir = input.dir === undefined ? projectDirectory() : resolveDirectory(input.dir);
  const before = findSnapshot(paths.stateDir, dir, input.session);
  if (before !== undefined) return compareWithNow(before);
  throw notRemembered(dir, input.session, sessionsKept(paths.stateDir, dir));
}

function notRemembered(dir: string, session: string | undefined, kept: readonly string[]): CtError {
  if (session !== undefined && kept.length > 0) {
    return new CtError('not_found', `no session '${printable(session)}' is remembered`, {
      hint: `of ${printable(dir)} these are, the newest first: ${kept.join(', ')}`,
    });
  }
  return new CtError('not_found', `no session in ${printable(dir)} is remembered`, {
    hint: 'reviews are kept from the next ct run on; change to the directory where the session ran',
  });
}

function compareWithNow(before: Snapshot): ReviewResult {
  const { dir, session, takenMs } = before;
  try {
    const git = surveyGit(dir);
    const repository =
      git.kind === 'own' ? git.dir : git.kind === 'linked' ? git.common : undefined;
    const after = takeSnapshot(dir, repository?.self.path);
    const executables = findExecutables(dir, takenMs);
    const changes = compareSnapshots(before, after, executables.files);
    const isCutShort = before.isCutShort || after.isCutShort || executables.isCutShort;
    return { dir, session, sinceMs: takenMs, changes, isCutShort };
  } catch (thrown) {
    throw fileError(thrown, 'review', dir);
  }
}
