/** A file that the host may execute, as it was at some moment. */
export interface ReviewedFile {
  /** Relative to the project; those of its repository begin with `.git/` */
  readonly path: string;
  readonly why: string;
  /** Identity and times: equal means untouched */
  readonly stamp: string;
  /** Text, where it is short enough to keep; the target of a link as `-> target` */
  readonly text: string | undefined;
}

/** The files of a project at some moment. */
export interface Snapshot {
  readonly schema: 1;
  readonly dir: string;
  readonly session: string;
  /** Milliseconds since the epoch, a moment before the first file was read */
  readonly takenMs: number;
  readonly files: readonly ReviewedFile[];
  /** Whether the search or the memory for texts came to a bound */
  readonly isCutShort: boolean;
}

/** Something that the host may execute and that is not as it was. */
export interface Change {
  readonly path: string;
  readonly what: 'new' | 'changed' | 'removed';
  readonly why: string;
  /** Texts to compare; `undefined` where they were not kept */
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** An executable of the work tree that is new or was changed since the snapshot. */
export interface ExecutableFile {
  readonly path: string;
  readonly isNew: boolean;
  readonly text: string | undefined;
}

/**
 * What is new or changed. A file that was only touched is no change; one that is too long for its text to
 * be kept counts as changed when its stamp is another.
 */
export function compareSnapshots(
  before: Snapshot,
  after: Pick<Snapshot, 'files'>,
  executables: readonly ExecutableFile[],
): readonly Change[] {
  const old = new Map(before.files.map((file) => [file.path, file]));
  const now = new Set(after.files.map(({ path }) => path));
  const changes = after.files.flatMap((file) => changeOf(old.get(file.path), file));
  const programs = executables
    .filter(({ path }) => !now.has(path))
    .map(({ path, isNew, text }): Change => {
      const what = isNew ? 'new' : 'changed';
      return { path, what, why: 'it is executable', before: undefined, after: text };
    });
  const removed = before.files
    .filter(({ path }) => !now.has(path) && isGuard(path))
    .map(({ path, why, text }): Change => ({
      path,
      what: 'removed',
      why,
      before: text,
      after: '',
    }));
  return [...changes, ...removed, ...programs].sort((a, b) => (a.path < b.path ? -1 : 1));
}

function changeOf(old: ReviewedFile | undefined, file: ReviewedFile): readonly Change[] {
  const { path, why, text } = file;
  if (old === undefined) return [{ path, what: 'new', why, before: '', after: text }];
  if (old.stamp === file.stamp) return [];
  if (old.text !== undefined && old.text === text) return [];
  return [{ path, what: 'changed', why, before: old.text, after: text }];
}

/** Files whose absence changes what runs: git's, and lists of what is ignored or attributed. */
function isGuard(path: string): boolean {
  return path.startsWith('.git/') || path === '.gitattributes' || path === '.gitmodules';
}

/**
 * Lines of a configuration of git by which it executes programs; what a hostile agent would write.
 *
 * Source: git-config(1)
 */
export function dangerousGitLines(text: string): readonly string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => DANGEROUS.test(line));
}

const DANGEROUS =
  /^(?:fsmonitor|hookspath|sshcommand|pager|editor|sequence\.editor|askpass|external|textconv|command|clean|smudge|process|helper|program|driver|update|path|gitproxy|worktree)[ \t]*=|=[ \t]*"?!/iu;
