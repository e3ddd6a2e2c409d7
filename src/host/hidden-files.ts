import { realpathSync } from 'node:fs';
import { holdsPrivateKey, isVisible, suspicionOf } from '../sandbox/hidden-files.ts';
import { isInIndex } from '../sandbox/git-text.ts';
import type { GitSurvey, SurveyedPath } from '../sandbox/project-survey.ts';
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
}

/** As much of a file as may hold a key behind its certificates, `bytes` */
const HEAD_BYTES = 64 * 1024;
/** A larger index is not searched, `bytes` */
const MAX_INDEX = 32 * 1024 * 1024;

/**
 * Files of a project that look like secrets, and sockets that a program of this host listens on. One that git has in its index is not hidden: it is in the
 * history anyway, and the next commit inside would record the empty mask in its place.
 */
export function findHiddenFiles(
  dir: string,
  git: GitSurvey,
  visible: readonly string[],
): HiddenFiles {
  const { files, isCutShort } = walkTree(dir, (name) => suspicionOf(name) !== undefined);
  const shown: string[] = [];
  const isShown = (path: string): boolean => {
    const isNamed = isVisible(path, visible);
    if (isNamed) shown.push(path);
    return isNamed;
  };
  const suspects = files.filter((file) => !isShown(file.path) && isSecret(dir, file));
  const sockets = liveSocketsIn(dir)
    .filter((path) => !isShown(path.slice(dir.length + 1)))
    .map(surveyPath);
  if (suspects.length === 0) return { hidden: sockets, shown, tracked: [], isCutShort };
  const index = readIndex(git);
  const tracked = suspects.filter(({ path }) => index !== undefined && isInIndex(index, path));
  const hidden = suspects
    .filter((file) => !tracked.includes(file))
    .flatMap((file) => surveyReal(dir, file))
    // What a link points to is told by its own name, so it can be named by that.
    .filter(({ path }) => !isShown(path.slice(dir.length + 1)));
  return {
    ...{ hidden: [...hidden, ...sockets], shown },
    ...{ tracked: tracked.map(({ path }) => path), isCutShort },
  };
}

function isSecret(dir: string, { name, path, isLink }: WalkedFile): boolean {
  if (suspicionOf(name) === 'secret') return true;
  const real = isLink ? realInside(dir, path) : `${dir}/${path}`;
  const head = real === undefined ? undefined : readPlainFile(real, HEAD_BYTES);
  return head !== undefined && holdsPrivateKey(head);
}

/** The file itself; what a link points to, if that is in the project (elsewhere it is out of reach). */
function surveyReal(dir: string, { path, isLink }: WalkedFile): readonly SurveyedPath[] {
  const real = isLink ? realInside(dir, path) : `${dir}/${path}`;
  const found = real === undefined ? undefined : surveyPath(real);
  return found?.kind === 'file' ? [found] : [];
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
