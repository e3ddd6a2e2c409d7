import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { holdsSecret, isVisible, suspicionOf } from '../sandbox/hidden-files.ts';
import { indexedBlobs } from '../sandbox/git-text.ts';
import type { GitSurvey, HiddenBefore, SurveyedPath } from '../sandbox/project-survey.ts';
import { findAgain } from './hidden-before.ts';
import { liveSocketsIn } from './live-sockets.ts';
import { readPlainFile, surveyPath } from './survey-path.ts';
import { walkTree, type WalkedFile } from './tree-walk.ts';

/** What the search found. */
export interface HiddenFiles {
  readonly hidden: readonly SurveyedPath[];
  /** Those that the user named visible */
  readonly shown: readonly string[];
  readonly tracked: readonly string[];
  readonly isCutShort: boolean;
  /** What the next session's search must not miss */
  readonly remembered: readonly HiddenBefore[];
}

/** As much of a file as may hold a key behind its certificates, `bytes` */
const HEAD_BYTES = 64 * 1024;
/** A larger index is not searched, `bytes` */
const MAX_INDEX = 32 * 1024 * 1024;
/** A larger file is no secret that git has, `bytes` */
const MAX_TRACKED = 1024 * 1024;
/** Each is a mount; with three times as many a runtime cannot make the container */
const MAX_HIDDEN = 512;

/**
 * Files of a project that look like secrets, and sockets that a program of this host listens on. One that git has in
 * its index, as it is, is not hidden: it is in the history anyway, and the next commit inside would record the empty
 * mask in its place. What has been changed since is hidden: an agent can write to the index, but not name the id of
 * what it has not read. What was hidden from an earlier session stays hidden, wherever it is now; so does what lies
 * in a directory that cannot be looked into, which an agent could open up again.
 *
 * Errors: failed_precondition when not all that should be hidden can be
 */
export function findHiddenFiles(
  dir: string,
  git: GitSurvey,
  visible: readonly string[],
  before: readonly HiddenBefore[],
): HiddenFiles {
  const walked = walkTree(dir, (name) => suspicionOf(name) !== undefined);
  const { isCutShort } = walked;
  const again = findAgain(dir, before);
  const shown: string[] = [];
  const isShown = (path: string): boolean => {
    const isNamed = isVisible(path, visible);
    if (isNamed) shown.push(path);
    return isNamed;
  };
  const foundAgain = new Set(again.files.map(({ path }) => path));
  const suspects = [
    ...again.files.filter(({ path }) => !isShown(path)),
    ...walked.files.filter(
      (file) => !foundAgain.has(file.path) && !isShown(file.path) && isSecret(dir, file),
    ),
  ];
  const sockets = liveSocketsIn(dir)
    .filter((path) => !isShown(path.slice(dir.length + 1)))
    .map(surveyPath);
  const unresolved = again.unresolved.filter(({ path }) => !isShown(path));
  if (again.isCutShort) refuseLost(unresolved);
  const tracked = trackedOf(dir, git, suspects);
  const secrets = eachOnce(
    suspects
      .filter((file) => !tracked.includes(file))
      .flatMap((file) => surveyReal(dir, file))
      // What a link points to is told by its own name, so it can be named by that.
      .filter(({ path }) => !isShown(path.slice(dir.length + 1))),
  );
  const closed = [...new Set([...walked.closed, ...again.closed])]
    .filter((path) => !isShown(path))
    .map((path) => surveyPath(`${dir}/${path}`));
  const hidden = [...outside(closed, [...secrets, ...sockets]), ...closed];
  if (hidden.length > MAX_HIDDEN) throw tooMany(hidden, dir);
  const seen = again.files.filter(({ path }) => shown.includes(path));
  const known = [...secrets, ...seen.map(({ path }) => surveyPath(`${dir}/${path}`))];
  return {
    ...{ hidden, shown, isCutShort, tracked: tracked.map(({ path }) => path) },
    remembered: [
      ...known.map(({ path, inode }) => ({ path: path.slice(dir.length + 1), inode })),
      ...unresolved,
    ],
  };
}

/** A file may be found by its own name, by a link, and again since it was hidden before. */
function eachOnce(files: readonly SurveyedPath[]): readonly SurveyedPath[] {
  return [...new Map(files.map((file) => [file.path, file])).values()];
}

/** Over an empty directory nothing more can be mounted, and need not be. */
function outside(
  closed: readonly SurveyedPath[],
  files: readonly SurveyedPath[],
): readonly SurveyedPath[] {
  return files.filter(({ path }) => !closed.some((above) => path.startsWith(`${above.path}/`)));
}

function refuseLost(unresolved: readonly HiddenBefore[]): void {
  const [first] = unresolved;
  if (first === undefined) return;
  throw new CtError(
    'failed_precondition',
    `${printable(first.path)} was hidden from earlier sessions, and cannot be found: the project is too large or too deep to be searched`,
    {
      hint: `move it back, or remove what was put in the way; or let the agent see it: --visible ${printable(first.path)}`,
    },
  );
}

function tooMany(hidden: readonly SurveyedPath[], dir: string): CtError {
  const [last] = hidden.slice(-1);
  const where = last?.path.slice(0, last.path.lastIndexOf('/')) ?? dir;
  return new CtError(
    'failed_precondition',
    `${hidden.length} files of the project look like secrets, and no more than ${MAX_HIDDEN} can be hidden`,
    {
      hint: `remove those that are none (some are in ${printable(where)}), or work in a directory below`,
    },
  );
}

function trackedOf(
  dir: string,
  git: GitSurvey,
  suspects: readonly WalkedFile[],
): readonly WalkedFile[] {
  const index = suspects.length === 0 ? undefined : readIndex(git);
  if (index === undefined) return [];
  const files = suspects.map((file) => ({ file, real: realOf(dir, file) ?? '' }));
  const inProject = (real: string): string => real.slice(dir.length + 1);
  const blobs = indexedBlobs(
    index,
    files.map(({ real }) => inProject(real)),
  );
  const isTracked = ({ real }: { readonly real: string }): boolean => {
    const blob = blobs.get(inProject(real));
    const content = blob === undefined ? undefined : readPlainFile(real, MAX_TRACKED + 1);
    if (blob === undefined || content === undefined) return false;
    return content.length <= MAX_TRACKED && blobId(content, blob) === blob;
  };
  return files.filter(isTracked).map(({ file }) => file);
}

/** What git calls a file's content. Source: gitformat-loose(5), "blob" */
function blobId(content: Buffer, like: string): string {
  const hash = createHash(like.length === 40 ? 'sha1' : 'sha256');
  return hash.update(`blob ${content.length}\0`).update(content).digest('hex');
}

function isSecret(dir: string, { name, path, isLink }: WalkedFile): boolean {
  if (suspicionOf(name) === 'secret') return true;
  const real = realOf(dir, { path, isLink });
  const head = real === undefined ? undefined : readPlainFile(real, HEAD_BYTES);
  return head !== undefined && holdsSecret(name, head);
}

/** The file itself; what a link points to, if that is in the project (elsewhere it is out of reach). */
function surveyReal(dir: string, file: WalkedFile): readonly SurveyedPath[] {
  const real = realOf(dir, file);
  const found = real === undefined ? undefined : surveyPath(real);
  return found?.kind === 'file' ? [found] : [];
}

function realOf(
  dir: string,
  { path, isLink }: Pick<WalkedFile, 'path' | 'isLink'>,
): string | undefined {
  return isLink ? realInside(dir, path) : `${dir}/${path}`;
}

function realInside(dir: string, path: string): string | undefined {
  try {
    const real = realpathSync.native(`${dir}/${path}`);
    return real.startsWith(`${dir}/`) ? real : undefined;
  } catch {
    return undefined;
  }
}

function readIndex(git: GitSurvey): Buffer | undefined {
  const dir =
    git.kind === 'own'
      ? git.dir.self.path
      : git.kind === 'linked'
        ? (git.own?.self.path ?? git.common.self.path)
        : undefined;
  return dir === undefined ? undefined : readPlainFile(`${dir}/index`, MAX_INDEX);
}
