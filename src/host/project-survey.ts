import { closeSync, constants, fstatSync, openSync, readlinkSync, realpathSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { PROTECTED_PATHS } from '../sandbox/protected-paths.ts';
import type { ProjectSurvey } from '../sandbox/project-survey.ts';
import {
  checkProjectPlace,
  holdsMoreThanAProject,
  privatePlaces,
} from '../sandbox/refused-places.ts';
import { fileError } from './errors.ts';
import { ensurePrivateDir } from './files.ts';
import { projectDirectory } from './facts.ts';
import { surveyGit } from './git-survey.ts';
import { recallHidden } from './hidden-before.ts';
import { findHiddenFiles } from './hidden-files.ts';
import type { Paths } from './paths.ts';
import { inodeOf, surveyProtected } from './survey-path.ts';

/** What `surveyProject` needs to know. */
export interface SurveyWish {
  readonly paths: Paths;
  readonly env: NodeJS.ProcessEnv;
  readonly uid: number;
  readonly allowedRoots: readonly string[];
  readonly visible: readonly string[];
  /** The engine's socket, if the configuration names one */
  readonly socket: string;
}

/**
 * Judges and surveys the working directory as a project. The directory is opened, and it is the opened
 * one that is judged: a path can be another directory a moment later, an open directory cannot. The gate
 * compares what was mounted with the inode that stands here.
 *
 * From a home, or from what holds one, nothing is given: the scratch directory stands in.
 *
 * Errors: permission_denied for a refused place · not_found when it was deleted
 */
export function surveyProject(wish: SurveyWish): ProjectSurvey {
  const cwd = projectDirectory();
  const { home } = wish.paths;
  const places = privatePlaces({ home, ctDirs: ctDirs(wish.paths), sockets: sockets(wish) });
  if (!holdsMoreThanAProject(cwd, resolved(home))) {
    const { inode, ownerUid } = identify(cwd);
    checkPlace(cwd, ownerUid, wish, places);
    return survey(cwd, inode, wish, places);
  }
  const scratch = provideScratch(wish.paths.dataDir);
  return { ...survey(scratch, identify(scratch).inode, wish, places), insteadOf: cwd };
}

/** A directory of ct's own for sessions that have no project; what is left in it stays. */
function provideScratch(dataDir: string): string {
  const dir = `${dataDir}/scratch`;
  try {
    ensurePrivateDir(dir);
    return realpathSync.native(dir);
  } catch (thrown) {
    throw fileError(thrown, 'make', dir);
  }
}

function survey(
  dir: string,
  inode: string,
  wish: SurveyWish,
  places: readonly string[],
): ProjectSurvey {
  const git = surveyGit(dir);
  checkRepository(git.kind === 'linked' ? git.common.self.path : undefined, wish, places);
  return {
    dir,
    inode,
    protected: PROTECTED_PATHS.map(({ name }) => surveyProtected(`${dir}/${name}`)),
    git,
    ...findHiddenFiles(dir, git, wish.visible, recallHidden(wish.paths.stateDir, dir)),
  };
}

function identify(dir: string): { readonly inode: string; readonly ownerUid: number } {
  let fd: number | undefined;
  try {
    fd = openSync(dir, constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW);
    if (readlinkSync(`/proc/self/fd/${fd}`) !== dir) {
      throw new CtError('failed_precondition', `${printable(dir)} was moved just now`, {
        hint: 'run the command again',
      });
    }
    const stat = fstatSync(fd, { bigint: true });
    return { inode: inodeOf(stat), ownerUid: Number(stat.uid) };
  } catch (thrown) {
    throw fileError(thrown, 'use the current directory', dir);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** A repository elsewhere is mounted too, so it must be as harmless a place as a project. */
function checkRepository(
  dir: string | undefined,
  wish: SurveyWish,
  places: readonly string[],
): void {
  if (dir === undefined) return;
  checkPlace(dir, identify(dir).ownerUid, wish, places);
}

function checkPlace(
  dir: string,
  ownerUid: number,
  { uid, paths, allowedRoots }: SurveyWish,
  places: readonly string[],
): void {
  checkProjectPlace({
    ...{ dir, ownerUid, uid, home: resolved(paths.home) },
    places: [...places, ...places.map(resolved)],
    allowedRoots: allowedRoots.map(resolved),
  });
}

function ctDirs(paths: Paths): readonly string[] {
  return [paths.configDir, paths.stateDir, paths.dataDir, paths.cacheDir, paths.runtimeDir];
}

function sockets({ env, socket }: SurveyWish): readonly string[] {
  const named = [socket, env['CONTAINER_HOST'], env['DOCKER_HOST'], env['SSH_AUTH_SOCK']];
  return named
    .flatMap((text) => {
      const path = text?.replace(/^unix:\/\//u, '');
      return path?.startsWith('/') === true ? [path.replace(/\/[^/]*$/u, '')] : [];
    })
    .filter((path) => path !== '' && path !== '/tmp');
}

function resolved(path: string): string {
  try {
    return realpathSync.native(path);
  } catch {
    return path;
  }
}
