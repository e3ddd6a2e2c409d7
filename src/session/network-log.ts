import { readdirSync, readFileSync, statSync } from 'node:fs';
import { CtError, isCtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { controlledSessions, followLog } from '../gateway/control/client.ts';
import { networkLogPath } from '../gateway/control/place.ts';
import type { NetworkRecord } from '../network/record.ts';
import type { SessionContext } from './context.ts';

const SUFFIX = '.network.jsonl';

/**
 * The session whose log is meant: the one whose id begins with `selector`, also when it has ended;
 * without a selector the one that wrote last.
 *
 * Errors: not_found, invalid_argument when several match
 */
export function loggedSession(selector: string | undefined, context: SessionContext): string {
  const { stateDir, runtimeDir } = context.paths;
  const logged = listDir(`${stateDir}/audit`)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length));
  // A session that runs may have nothing in its log yet.
  const all = [...new Set([...logged, ...controlledSessions(runtimeDir)])];
  if (selector === undefined) {
    const [newest] = all.sort((a, b) => age(stateDir, b) - age(stateDir, a));
    if (newest !== undefined) return newest;
    throw new CtError('not_found', 'there is no network log yet', {
      hint: 'strict sessions write one:  ct run --network strict shell',
    });
  }
  const matches = all.filter((id) => id.startsWith(selector));
  const [first, second] = all.includes(selector) ? [selector] : matches;
  if (first === undefined || selector === '') {
    throw new CtError(
      'not_found',
      `there is no network log of a session '${printable(selector)}'`,
      {
        hint: "'ct ps' lists the sessions that run; one without a network, or that asked for nothing, has no log",
      },
    );
  }
  if (second === undefined) return first;
  throw new CtError('invalid_argument', `'${printable(selector)}' means several sessions`, {
    hint: `type more of one of: ${matches.join(', ')}`,
  });
}

/** The records of a session so far. Lines that are torn or no records are left out. */
export function readNetworkLog(
  session: string,
  { paths }: SessionContext,
): readonly NetworkRecord[] {
  let text: string;
  try {
    text = readFileSync(networkLogPath(paths.stateDir, session), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => parseRecord(line) ?? []);
}

/** Calls `onRecord` for what is in the log, then for what comes, until the session ends. */
export async function followNetworkLog(
  session: string,
  context: SessionContext,
  onRecord: (record: NetworkRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  // Subscribed first, so that nothing falls between; what is in both is shown once.
  const early: NetworkRecord[] = [];
  let take = (record: NetworkRecord): void => void early.push(record);
  const followed = followLog(context.paths.runtimeDir, session, (one) => take(one), signal);
  followed.catch(() => undefined);
  // The subscription is in force before its first record; give it a moment to be there.
  await Promise.race([
    followed.catch(() => undefined),
    new Promise((done) => setTimeout(done, 50)),
  ]);
  const written = readNetworkLog(session, context);
  const known = new Set(written.map((record) => JSON.stringify(record)));
  for (const record of written) onRecord(record);
  for (const record of early) if (!known.has(JSON.stringify(record))) onRecord(record);
  take = onRecord;
  try {
    await followed;
  } catch (thrown) {
    // It has ended already: its log is all that there is.
    if (!isCtError(thrown, 'not_found')) throw thrown;
  }
}

function parseRecord(line: string): NetworkRecord | undefined {
  try {
    const value = JSON.parse(line) as Partial<NetworkRecord> | null;
    return typeof value?.time === 'number' && typeof value.verdict === 'string'
      ? (value as NetworkRecord)
      : undefined;
  } catch {
    return undefined;
  }
}

function age(stateDir: string, session: string): number {
  return (
    statSync(networkLogPath(stateDir, session), { throwIfNoEntry: false })?.mtimeMs ?? Infinity
  );
}

function listDir(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
