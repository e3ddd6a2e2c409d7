import { askEdit, askStatus, controlledSessions } from '../gateway/control/client.ts';
import type { EditResult, NetworkStatus } from '../gateway/control/protocol.ts';
import { CtError, isCtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { PolicyEdit } from '../network/edit.ts';
import type { SessionContext } from './context.ts';

/** What a change came to in one session: its result, or why it did not get through. */
export type LiveEdit =
  EditResult | { readonly session: string; readonly error: string; readonly hint?: string };

/**
 * Sessions whose network is being served, by their ids; with `selector` the one whose id begins so.
 *
 * Errors: not_found, invalid_argument when several match
 */
export function servedSessions(
  selector: string | undefined,
  { paths }: SessionContext,
): readonly string[] {
  const all = controlledSessions(paths.runtimeDir);
  if (selector === undefined) return all;
  const matches = selector === '' ? [] : all.filter((id) => id.startsWith(selector));
  const [first, second] = all.includes(selector) ? [selector] : matches;
  if (first !== undefined && second === undefined) return [first];
  if (first !== undefined) {
    throw new CtError('invalid_argument', `'${printable(selector)}' means several sessions`, {
      hint: `type more of one of: ${matches.join(', ')}`,
    });
  }
  throw new CtError(
    'not_found',
    `no session '${printable(selector)}' has a network to be changed`,
    {
      hint:
        all.length === 0
          ? "no session runs with one; 'ct ps' lists those that run"
          : `sessions: ${all.join(', ')}`,
    },
  );
}

/** Carries a change into sessions, all at once; each says for itself what came of it. */
export async function editSessions(
  ids: readonly string[],
  edit: PolicyEdit,
  { paths }: SessionContext,
): Promise<readonly LiveEdit[]> {
  const results = await Promise.all(
    ids.map(async (session): Promise<LiveEdit | undefined> => {
      try {
        return await askEdit(paths.runtimeDir, session, edit);
      } catch (thrown) {
        // Its owner is gone, and with it the session.
        if (isCtError(thrown, 'not_found')) return undefined;
        const { message, hint } = CtError.from(thrown);
        return { session, error: message, ...(hint === undefined ? {} : { hint }) };
      }
    }),
  );
  return results.filter((result) => result !== undefined);
}

/** The networks of sessions; those whose owner has just gone are left out. */
export async function sessionNetworks(
  ids: readonly string[],
  context: SessionContext,
): Promise<readonly NetworkStatus[]> {
  const all = await Promise.all(
    ids.map((session) =>
      askStatus(context.paths.runtimeDir, session).catch((thrown: unknown) => {
        if (!isCtError(thrown, 'not_found')) context.report.warn(CtError.from(thrown).message);
        return undefined;
      }),
    ),
  );
  return all.filter((status) => status !== undefined);
}
