import { decideTarget } from '../network/decide.ts';
import type { NetworkPolicy } from '../network/policy.ts';
import type { NetworkRecord } from '../network/record.ts';
import { DENIED_SETS, TABLE } from '../network/ruleset.ts';
import type { Namespaces } from './namespaces.ts';
import { enterNetns, type NetnsPrograms } from './netns-helper.ts';

/** Source: IANA, Assigned Internet Protocol Numbers */
const PROTOCOLS: Readonly<Record<number, 'tcp' | 'udp' | 'icmp'>> = {
  1: 'icmp',
  6: 'tcp',
  17: 'udp',
};

/** An attempt that the kernel refused: an address and, if it had one, a port. */
export interface Attempt {
  readonly address: string;
  readonly protocol: 'tcp' | 'udp' | 'icmp' | 'other';
  readonly port?: number;
}

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
    address,
    protocol: PROTOCOLS[Number(protocol)] ?? 'other',
    ...(port === undefined ? {} : { port: Number(port) }),
  }));
}

/**
 * Why the rules of a session refused an attempt. Those of a strict one let nothing through but listed
 * ports; those of a permissive one are made of the policy, which is asked again: the kernel's note does
 * not say which line it was.
 */
export function whyDenied(
  policy: NetworkPolicy,
  { address, protocol, port }: Attempt,
  ownAddresses: readonly string[],
): Pick<NetworkRecord, 'reason' | 'rule' | 'detail'> {
  if (policy.mode !== 'permissive') {
    const detail = protocol === 'tcp' ? 'no listed port' : 'only TCP leaves a strict session';
    return { reason: 'not_allowed', detail };
  }
  // A rule for some ports says nothing about what has none: no rule has this one.
  const target = { address, port: port ?? NO_RULES_PORT };
  const { verdict, reason, ...more } = decideTarget(policy, target, ownAddresses);
  if (verdict === 'deny') return { reason, ...more };
  const detail = port === 53 ? 'names are asked over IPv4' : 'refused by the rules of the session';
  return { reason: 'not_allowed', detail };
}

/** Source: IANA, Service Name and Transport Protocol Port Number Registry: port 1023 is reserved */
const NO_RULES_PORT = 1023;

function elementsOf(text: string, set: string): readonly RegExpExecArray[] {
  const [, elements = ''] =
    new RegExp(`set ${set} \\{[^{}]*elements = \\{([^{}]*)\\}`, 'u').exec(text) ?? [];
  return [...elements.matchAll(/([\d.]*\d|[\da-f:]*:[\da-f:.]*) \. (\d+)(?: \. (\d+))?/gu)];
}
