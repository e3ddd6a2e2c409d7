import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { CtError } from '../base/errors.ts';
import { parseOwner, renderOwner, type Owner } from '../base/owner.ts';
import { printable } from '../base/text.ts';
import { fileError } from './errors.ts';
import { ensurePrivateDir, removeQuietly } from './files.ts';
import { ownerState } from './process.ts';

/** Who places stubs. */
export interface StubOwner {
  readonly stateDir: string;
  readonly session: string;
  readonly owner: Owner;
  /** The project, and its `dev:ino`: by its path somebody else may be met a moment later */
  readonly dir: string;
  readonly inode: string;
}

/**
 * Makes empty directories to mount over. Nothing but a mount point keeps a path from being made, and a
 * mount point must exist on the host; an empty directory is the one thing that git does not see.
 *
 * Each holds an empty directory named after the session, so that rmdir(2) itself counts who needs it: the
 * last to leave removes it, without a lock, and what somebody else put there meanwhile stays. It comes
 * into being complete, by a rename, and one that was there, empty, before any session stays too.
 *
 * The journal is written first: whatever dies at whatever moment, the next ct knows what to take away.
 *
 * Errors: failed_precondition where they cannot be made, though an agent could
 */
export function placeStubs(paths: readonly string[], by: StubOwner): void {
  if (paths.length === 0) return;
  const journal = journalOf(by.stateDir, by.session);
  const inner = `.ct-${by.session}`;
  const fresh = (path: string): string => `${dirname(path)}/.ct-new-${by.session}`;
  const local = localiser(by);
  const removal = paths.flatMap((path) => [
    ...[`${path}/${inner}`, ...(isForeign(local(path)) ? [] : [path])],
    ...[`${fresh(path)}/${inner}`, fresh(path)],
  ]);
  const { dir, inode } = by;
  const entry: Journal = {
    owner: renderOwner(by.owner),
    dir,
    inode,
    removal: [...new Set(removal)],
  };
  try {
    ensurePrivateDir(dirname(journal));
    writeFileSync(journal, JSON.stringify(entry), { mode: 0o600 });
  } catch (thrown) {
    throw fileError(thrown, 'write', journal);
  }
  try {
    for (const path of paths) place(local(path), inner, local(fresh(path)), path);
  } catch (thrown) {
    releaseStubs(by.stateDir, by.session);
    throw thrown;
  }
}

/** What a session still holds: its journal, and directories as rmdir(1) takes them, inner before outer. */
export function heldStubs(
  stateDir: string,
  session: string,
): { readonly journal: string; readonly removal: readonly string[] } | undefined {
  const journal = journalOf(stateDir, session);
  const entry = readJournal(journal);
  return entry === undefined
    ? undefined
    : { journal, removal: entry.removal.map(localiser(entry)) };
}

/** Takes a session's stubs away; what another session needs stays. */
export function releaseStubs(stateDir: string, session: string): void {
  const held = heldStubs(stateDir, session);
  if (held === undefined) return;
  removeDirectories(held.removal);
  removeQuietly(held.journal);
}

/** What is written down before anything is made. */
interface Journal {
  readonly owner: string;
  readonly dir: string;
  readonly inode: string;
  readonly removal: readonly string[];
}

/**
 * Reaches paths of the project through the working directory, where that is the project: an open directory
 * cannot be swapped for a link, its name can.
 */
function localiser({ dir, inode }: Pick<Journal, 'dir' | 'inode'>): (path: string) => string {
  if (inodeAt('.') !== inode) return (path) => path;
  return (path) => (path.startsWith(`${dir}/`) ? `/proc/self/cwd${path.slice(dir.length)}` : path);
}

function inodeAt(path: string): string | undefined {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

function journalOf(stateDir: string, session: string): string {
  return `${stateDir}/stubs/${session}`;
}

/** Name of the directory by which a session holds a stub. */
const HOLD = /^\.ct-[0-9a-f]{8}$/u;

/**
 * Whether a directory of ours is there only for sessions, or empty: then it may go at any moment, and counts
 * as missing. An empty one of somebody else (container engines leave such) is simply there. `undefined` when
 * it has just gone.
 */
export function isStub(path: string): boolean | undefined {
  try {
    if (!readdirSync(path).every((name) => HOLD.test(name))) return false;
    return statSync(path).uid === process.getuid?.();
  } catch (thrown) {
    return (thrown as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : false;
  }
}

/**
 * Marks what a session has made, beside the permissions: a session that leaves takes its own name away first,
 * and for a moment its stub is as empty as somebody else's directory.
 */
const STICKY = 0o1000;

/** Whether an empty directory is there that no session has made. */
function isForeign(path: string): boolean {
  try {
    return readdirSync(path).length === 0 && (statSync(path).mode & STICKY) === 0;
  } catch {
    return false;
  }
}

/** Removes what sessions left that nobody will come back for: owner dead, container gone. */
export function sweepStubs(stateDir: string, isAlive: (session: string) => boolean): void {
  for (const session of entriesOf(`${stateDir}/stubs`)) {
    const entry = readJournal(journalOf(stateDir, session));
    if (entry === undefined) continue;
    const owner = parseOwner(entry.owner);
    if (isAlive(session) || (owner !== undefined && ownerState(owner) !== 'dead')) continue;
    releaseStubs(stateDir, session);
  }
}

/** The last other session may leave between two calls: then it is made again. */
function place(path: string, inner: string, fresh: string, name: string): void {
  for (let tries = 0; tries < 100; tries++) {
    try {
      if (hold(path, inner) || (make(path, inner, fresh) && isStub(path))) return;
    } catch (thrown) {
      throw notPlaced(thrown, name);
    }
  }
  throw new CtError('failed_precondition', `${printable(name)} changes again and again`, {
    hint: 'run the command again',
  });
}

/** Takes hold of a stub that is there; false when there is none. */
function hold(path: string, inner: string): boolean {
  try {
    mkdirSync(`${path}/${inner}`, { mode: 0o700 });
    return true;
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw thrown;
  }
}

/** Makes one, held already when it appears; false when somebody else was faster. */
function make(path: string, inner: string, fresh: string): boolean {
  mkdirSync(fresh, { mode: STICKY | 0o755 });
  try {
    mkdirSync(`${fresh}/${inner}`, { mode: 0o700 });
    renameSync(fresh, path);
    return true;
  } catch (thrown) {
    removeDirectories([`${fresh}/${inner}`, fresh]);
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw thrown;
  }
}

function notPlaced(thrown: unknown, path: string): CtError {
  const known = fileError(thrown, 'keep agents from making', path);
  return new CtError(known.code, known.message, {
    hint: `make the directory above it writable, or let the agent make it: --writable ${printable(path.slice(path.lastIndexOf('/') + 1))}`,
    cause: thrown,
  });
}

function removeDirectories(paths: readonly string[]): void {
  for (const path of paths) {
    try {
      rmdirSync(path);
    } catch {
      // Somebody else needs it, or has put something there.
    }
  }
}

function entriesOf(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}

function readJournal(path: string): Journal | undefined {
  try {
    const read = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
    const { owner, dir, inode, removal } = read;
    if (typeof owner !== 'string' || typeof dir !== 'string' || typeof inode !== 'string') {
      return undefined;
    }
    if (!Array.isArray(removal)) return undefined;
    return { owner, dir, inode, removal: removal.filter((each) => typeof each === 'string') };
  } catch {
    return undefined;
  }
}
