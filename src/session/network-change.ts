import type { Rule } from '../network/policy.ts';
import type { SessionContext } from './context.ts';
import {
  notListed,
  parseTargets,
  saveChange,
  silenced,
  type NetworkWish,
  type SavedChange,
} from './network-edit.ts';
import { editSessions, servedSessions, type LiveEdit } from './network-live.ts';

/** Where a change goes. */
export interface ChangeScope {
  /** Id of one session, or its beginning; without, every session and the configuration */
  readonly session: string | undefined;
  /** Into the configuration too, when it is for one session */
  readonly save: boolean;
}

/** What a change came to everywhere. */
export interface NetworkChange {
  readonly op: NetworkWish['op'];
  /** `undefined`: nothing was to be saved */
  readonly saved: SavedChange | undefined;
  readonly sessions: readonly LiveEdit[];
  /** Further things to know */
  readonly notes: readonly string[];
}

/**
 * A change of what sessions may reach: into the configuration, then into the sessions that run. What
 * cannot be saved is not carried out either.
 *
 * Errors: see `parseTargets`, `saveChange` and `servedSessions`; not_found when there was nothing to
 * remove anywhere
 */
export async function changeNetwork(
  wish: NetworkWish,
  scope: ChangeScope,
  context: SessionContext,
): Promise<NetworkChange> {
  const rules = await parseTargets(wish);
  const ids = servedSessions(scope.session, context);
  const isSaved = scope.session === undefined || scope.save;
  const saved = isSaved ? await saveChange(wish, rules, context) : undefined;
  const edit = wish.op === 'clear' ? { op: wish.op } : { op: wish.op, rules };
  const sessions = await editSessions(ids, edit, context);
  if (wish.op === 'remove') refuseNothing(rules, saved, sessions);
  return { op: wish.op, saved, sessions, notes: notesFor(wish, rules, saved, context) };
}

function refuseNothing(
  rules: readonly Rule[],
  saved: SavedChange | undefined,
  sessions: readonly LiveEdit[],
): void {
  const isLive = sessions.some((one) => 'error' in one || one.changed);
  const isSaved = (saved?.removed.length ?? 0) > 0;
  const [first] = rules;
  if (!isLive && !isSaved && first !== undefined) throw notListed(first);
}

function notesFor(
  wish: NetworkWish,
  rules: readonly Rule[],
  saved: SavedChange | undefined,
  { config }: SessionContext,
): readonly string[] {
  if (saved === undefined) return [];
  const { mode } = config.network;
  const idle =
    wish.op === 'allow' && mode !== 'strict'
      ? [`network.mode is "${mode}": lists of what is allowed count in strict sessions`]
      : [];
  const without = wish.op === 'block' ? silenced(rules, config.network) : [];
  return [...idle, ...without.map((text) => `'${text}' is allowed and has no effect any more`)];
}
