import { DENIED_SETS, TABLE } from '../network/ruleset.ts';
import type { Namespaces } from './namespaces.ts';
import { enterNetns, type NetnsPrograms } from './netns-helper.ts';
import type { Event } from './recorder.ts';

/** Source: IANA, Assigned Internet Protocol Numbers */
const PROTOCOLS: Readonly<Record<number, 'tcp' | 'udp' | 'icmp'>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
};

/** An attempt that the kernel refused: an address and, if it had one, a port. */
export type Attempt = Event & { readonly address: string };

/**
 * Reads what a session's rules noted of connections that never reached a listener. The whole table is
 * asked for in one command: nft 1.0.6 does not find the first of two sets that one input lists, and
 * shows a set empty that the same input empties.
 *
 * Errors: see `enterNetns`
 */
export async function deniedAttempts(
  namespaces: Namespaces,
  programs: NetnsPrograms,
  onAttempt: (attempt: Attempt) => void,
): Promise<void> {
  const wish = { loopbackOnly: false, sockets: [], ruleset: `list table inet ${TABLE}` };
  const { printed } = await enterNetns(namespaces, wish, programs);
  for (const attempt of parseDenied(printed)) onAttempt(attempt);
}

/**
 * The elements in nft's text: `198.51.100.7 . 6 . 4444 counter packets 1 …`. The helper asks for numbers:
 * the names of protocols are the host's (/etc/protocols), which may have none.
 */
export function parseDenied(text: string): readonly Attempt[] {
  const notes = Object.values(DENIED_SETS).flatMap((set) => elementsOf(text, set));
  return notes.map(([, address = '', protocol = '', port]) => ({
    event: 'connect',
    address,
    protocol: PROTOCOLS[Number(protocol)] ?? 'other',
    ...(port === undefined ? {} : { port: Number(port) }),
    verdict: 'deny',
    reason: 'not_allowed',
    detail: 'no listed port',
  }));
}

function elementsOf(text: string, set: string): readonly RegExpExecArray[] {
  const [, elements = ''] =
    new RegExp(`set ${set} \\{[^{}]*elements = \\{([^{}]*)\\}`, 'u').exec(text) ?? [];
  return [...elements.matchAll(/(\d+(?:\.\d+){3}) \. (\d+)(?: \. (\d+))?/gu)];
}
