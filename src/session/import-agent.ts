import { readFileSync, realpathSync } from 'node:fs';
import type { Agent } from '../agents/agent.ts';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { carry, mergeJson, type Carried } from '../carry/carry.ts';
import { conversationCwd, conversationPath } from '../carry/claude-state.ts';
import { CARRIED, type CarriedKind } from '../carry/items.ts';
import { readBeneath, writeBeneath } from '../host/beneath.ts';
import { findCarried, type FoundFile } from '../host/carried-files.ts';
import { ensurePrivateDir } from '../host/files.ts';
import { findAgent } from '../plan/agents.ts';
import type { SessionContext } from './context.ts';
import { firstRules } from './new-home.ts';

/** What is asked for. */
export interface ImportWish {
  readonly agent: string;
  /** The home that the settings are taken from */
  readonly from: string;
  readonly kinds: readonly CarriedKind[];
  /** Also over what is there */
  readonly replace: boolean;
}

/** What happens to one file. */
export interface ImportEntry {
  readonly kind: CarriedKind;
  /** Below the home that it comes from */
  readonly path: string;
  /** Below the agent's home */
  readonly to: string;
  readonly bytes: number;
  readonly action: 'copy' | 'merge' | 'keep' | 'refuse';
  /** Names of what is taken out of it */
  readonly removed: readonly string[];
  /** Why it is kept or refused */
  readonly why: string | null;
}

/** All that an import does. */
export interface ImportList {
  readonly agent: string;
  readonly from: string;
  readonly to: string;
  readonly entries: readonly ImportEntry[];
}

interface Import {
  readonly agent: Agent;
  readonly from: string;
  readonly home: string;
  readonly wish: ImportWish;
  /** Directories of conversations by the project's path, as they are called inside */
  readonly renamed: Map<string, string>;
}

/** A file that is larger in the agent's home is nobody's settings, `bytes` */
const MAX_THERE = 64 * 1024 * 1024;

/**
 * What an import would do, file by file. Nothing is written.
 *
 * Errors: not_found for an agent or a directory that there is not; unsupported for an agent whose files
 * ct does not know
 */
export function planImport(wish: ImportWish, context: SessionContext): ImportList {
  const plan = open(wish, context);
  const entries = filesOf(plan).map(({ kind, file }) => judge(plan, kind, file).entry);
  return { agent: plan.agent.name, from: plan.from, to: plan.home, entries };
}

/**
 * Does it. Each file goes over whole or not at all, and is looked at again: what changed since the list was
 * shown is judged as it is now.
 *
 * Errors: those of `planImport` and of the file system
 */
export function runImport(wish: ImportWish, context: SessionContext): ImportList {
  const plan = open(wish, context);
  ensurePrivateDir(plan.home);
  const entries = filesOf(plan).map(({ kind, file }) => {
    const { entry, text } = judge(plan, kind, file);
    if (text !== undefined) writeBeneath(plan.home, entry.to, text);
    return entry;
  });
  return { agent: plan.agent.name, from: plan.from, to: plan.home, entries };
}

function open(wish: ImportWish, { config, paths }: SessionContext): Import {
  const agent = findAgent(wish.agent, config);
  if (CARRIED[agent.name] === undefined) {
    throw new CtError('unsupported', `ct does not know which files of ${agent.name} are settings`, {
      hint: `agents whose settings can be imported: ${Object.keys(CARRIED).join(', ')}`,
    });
  }
  const home = `${paths.dataDir}/homes/${agent.name}`;
  return { agent, from: realSource(wish.from), home, wish, renamed: new Map() };
}

function realSource(from: string): string {
  try {
    return realpathSync(from);
  } catch (thrown) {
    throw new CtError('not_found', `there is no directory ${printable(from)}`, { cause: thrown });
  }
}

function filesOf({ agent, from, wish }: Import) {
  return (CARRIED[agent.name] ?? [])
    .filter(({ kind }) => wish.kinds.includes(kind))
    .flatMap(({ kind, path }) => findCarried(from, path).map((file) => ({ kind, file })));
}

interface Judged {
  readonly entry: ImportEntry;
  /** What to write; `undefined` for nothing */
  readonly text?: string;
}

function judge(plan: Import, kind: CarriedKind, { path, bytes, refused }: FoundFile): Judged {
  const plain = { kind, path, to: path, bytes, removed: [], why: null };
  const refuse = (why: string): Judged => ({ entry: { ...plain, action: 'refuse', why } });
  if (refused !== undefined) return refuse(refused);
  if (plan.agent.loginFiles.includes(path)) return refuse('it is a login');
  const carried = read(plan, kind, path);
  if ('refused' in carried) return refuse(carried.refused);
  const to = placeInside(plan, path, carried.text);
  const { removed, text } = carried;
  const there = readThere(plan, to);
  if (there === undefined) return { entry: { ...plain, to, removed, action: 'copy' }, text };
  const merged = kind === 'history' ? undefined : mergeJson(there.toString('utf8'), text);
  if (merged === undefined || merged === there.toString('utf8')) {
    return { entry: { ...plain, to, removed: [], action: 'keep', why: 'the agent has one' } };
  }
  return { entry: { ...plain, to, removed, action: 'merge' }, text: merged };
}

/** What an import has to spare. The text that every home begins with is nobody's own. */
function readThere({ home, wish }: Import, to: string): Buffer | undefined {
  const there = wish.replace ? undefined : readBeneath(home, to, MAX_THERE);
  return there?.toString('utf8') === firstRules() ? undefined : there;
}

function read({ from }: Import, kind: CarriedKind, path: string): Carried {
  try {
    return carry({ kind, path, bytes: readFileSync(`${from}/${path}`) });
  } catch (thrown) {
    return { refused: `cannot be read: ${(thrown as NodeJS.ErrnoException).code ?? 'no reason'}` };
  }
}

/** Claude Code looks for conversations under the project's path, which is another one inside. */
function placeInside({ agent, renamed }: Import, path: string, text: string): string {
  if (agent.name !== 'claude' || !path.startsWith('.claude/projects/')) return path;
  const dir = path.split('/')[2] ?? '';
  const moved = conversationPath(path, conversationCwd(text));
  if (moved !== path) renamed.set(dir, moved.split('/')[2] ?? dir);
  const name = renamed.get(dir);
  return name === undefined
    ? path
    : ['.claude/projects', name, ...path.split('/').slice(3)].join('/');
}
