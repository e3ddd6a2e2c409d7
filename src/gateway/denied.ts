import { DENIED_SETS, TABLE } from '../network/ruleset.ts';
import type { Namespaces } from './namespaces.ts';
import { enterNetns, type NetnsPrograms } from './netns-helper.ts';
import type { Event } from './recorder.ts';

/** An attempt that the kernel refused: an address and, if it had one, a port. */
export type Attempt = Event & { readonly address: string };

/**
 * Reads what a session's rules noted of connections that never reached a listener, and makes the notes
 * empty again, both in one transaction.
 *
 * Errors: see `enterNetns`
 */
export async function deniedAttempts(
  namespaces: Namespaces,
  programs: NetnsPrograms,
  onAttempt: (attempt: Attempt) => void,
): Promise<void> {
  const sets = Object.values(DENIED_SETS);
  const lines = sets.flatMap((set) => [
    `list set inet ${TABLE} ${set}`,
    `flush set inet ${TABLE} ${set}`,
  ]);
  const wish = { loopbackOnly: false, sockets: [], ruleset: lines.join('\n') };
  const { printed } = await enterNetns(namespaces, wish, programs);
  for (const attempt of parseDenied(printed)) onAttempt(attempt);
}

/**
 * The elements in nft's text: `198.51.100.7 . tcp . 4444 counter packets 1 …`. Ports with a well-known
 * use may be printed by name.
 */
export function parseDenied(text: string): readonly Attempt[] {
  const elements = text.matchAll(/(\d+(?:\.\d+){3}) \. ([\w-]+)(?: \. ([\w-]+))?/gu);
  return [...elements].map(([, address = '', protocol = '', port]) => ({
    event: 'connect',
    address,
    protocol: protocolOf(protocol),
    ...(port !== undefined && /^\d+$/u.test(port) ? { port: Number(port) } : {}),
    verdict: 'deny',
    reason: 'not_allowed',
    detail: 'no listed port',
  }));
}

function protocolOf(word: string): 'tcp' | 'udp' | 'icmp' | 'other' {
  return word === 'tcp' || word === 'udp' || word === 'icmp' ? word : 'other';
}
