import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { fileError } from './errors.ts';

/**
 * What packages.toml has in the packages volume, seen from the host:
 *
 *   entries/MANAGER/NAME/RUN/   one package each, written once by its container
 *   generations/ID/bin/PROGRAM  links into the entries; a session looks into one generation
 *
 * Nothing in it is changed after it was made: a new state is a new generation.
 */
export const ENTRIES = 'entries';

/** A program of a generation, and the entry that has it. */
export interface ProgramLink {
  readonly name: string;
  /** Below {@link ENTRIES}, with the directory: `npm/typescript/1a2b/bin/tsc` */
  readonly path: string;
}

/** Whether this can be the name of a program: what an installer says may come from any package. */
export function isProgramName(name: string): boolean {
  return /^[^/\p{Cc}]{1,255}$/u.test(name) && name !== '.' && name !== '..';
}

/** Makes a generation whole: it has its name only when it is. */
export function makeGeneration(root: string, id: string, links: readonly ProgramLink[]): void {
  const half = `${root}/generations/.${id}`;
  try {
    mkdirSync(`${half}/bin`, { recursive: true });
    for (const { name, path } of links) {
      if (!isProgramName(name))
        throw new CtError('internal', `${printable(name)} is no name of a program`);
      symlinkSync(`../../../${ENTRIES}/${path}`, `${half}/bin/${name}`);
    }
    renameSync(half, `${root}/generations/${id}`);
  } catch (thrown) {
    throw fileError(thrown, 'write', half);
  }
}

/** Whether a generation is there. */
export function hasGeneration(root: string, id: string): boolean {
  return existsSync(`${root}/generations/${id}/bin`);
}

/** What of the volume nobody needs who uses `generations` and `entries`. */
export function findUnused(
  root: string,
  kept: { readonly generations: readonly string[]; readonly entries: readonly string[] },
): readonly string[] {
  if (!isDirectory(root)) return [];
  const generations = list(`${root}/generations`).filter((id) => !kept.generations.includes(id));
  const entries = list(`${root}/${ENTRIES}`).flatMap((manager) =>
    list(`${root}/${ENTRIES}/${manager}`).flatMap((name) => {
      const place = `${manager}/${name}`;
      const isKept = (run: string): boolean => kept.entries.includes(`${place}/${run}`);
      const runs = list(`${root}/${ENTRIES}/${place}`);
      if (!runs.some(isKept)) return [place];
      return runs.filter((run) => !isKept(run)).map((run) => `${place}/${run}`);
    }),
  );
  return [
    ...generations.map((id) => `${root}/generations/${id}`),
    ...entries.map((entry) => `${root}/${ENTRIES}/${entry}`),
  ];
}

/**
 * Removes a directory that `findUnused` found, unless somebody has put a link on the way since.
 *
 * Errors: those of `removeTree`
 */
export function removeUnused(root: string, path: string): void {
  const parts = path.slice(root.length + 1).split('/');
  const above = parts.map((_, count) => [root, ...parts.slice(0, count)].join('/'));
  if (above.every(isDirectory)) removeTree(path);
}

/** Removes a directory of packages, also one with directories that nobody may write to; of a link, the link. */
export function removeTree(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  } catch (thrown) {
    throw fileError(thrown, 'remove', path);
  }
}

/**
 * Names in a directory of the packages volume; none behind a link. What is installed runs with the volume and could
 * have put one there, and what is not wanted below it is removed on the host.
 */
function list(path: string): readonly string[] {
  return isDirectory(path) ? readdirSync(path) : [];
}

/** Not a link to one. */
export function isDirectory(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
