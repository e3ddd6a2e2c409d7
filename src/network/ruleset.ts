import { parseAddress, renderAddress } from './address.ts';

/** Name of the table. `ct` alone is a keyword of nft. */
export const TABLE = 'ctnet';

/** The sets in which the kernel notes what never reached a listener. */
export const DENIED_SETS = { ports: 'denied', others: 'denied_other', ipv6: 'denied6' } as const;

/** A port that programs inside may ask for, and the one at which the gateway listens for it. */
export interface Listener {
  readonly port: number;
  readonly listener: number;
}

/** What a strict session's rules are made of. */
export interface StrictRules {
  /** Address of lo beside 127.0.0.0/8, for programs that want one that is not loopback */
  readonly address: string;
  readonly listeners: readonly Listener[];
}

/** Source: 300/s was too tight for Node's A + AAAA of many lookups at once (measured) */
const DNS_PER_SECOND = 3000;
const CONNECTIONS = 512;

/**
 * The rules of a strict session. There is no uplink, so these do not keep anything in: they lead DNS and
 * listed ports to the gateway's sockets, note what else was tried, slow floods down, and would still
 * refuse everything if a way out appeared.
 *
 * The text replaces the table of an earlier one in a single transaction; the sets, and connections that
 * are open, stay.
 *
 * Source: nft(8); written for 1.0.6 and 1.1.3
 */
export function renderStrict(rules: StrictRules): string {
  const listeners = rules.listeners.map(checked);
  const own = addressOf(rules.address);
  return table([
    ...auditSets(),
    '  chain nat_out {',
    '    type nat hook output priority -100; policy accept;',
    '    meta nfproto ipv4 udp dport 53 dnat to 127.0.0.1:53',
    '    meta nfproto ipv4 tcp dport 53 dnat to 127.0.0.1:53',
    `    ip daddr { 127.0.0.0/8, ${own} } accept`,
    // Without an address the destination stays as it is: it is the name that was asked for.
    ...listeners.map(
      ({ port, listener }) => `    meta nfproto ipv4 tcp dport ${port} dnat to :${listener}`,
    ),
    '  }',
    '  chain output_ {',
    '    type filter hook output priority 0; policy drop;',
    ...dnsLimit(),
    '    ct state established,related accept',
    '    ct state invalid drop',
    ...listenerRules(listeners.map(({ listener }) => listener)),
    `    oifname "lo" ip daddr { 127.0.0.0/8, ${own} } accept`,
    '    oifname "lo" ip6 daddr ::1 accept',
    ...refusals(),
    '  }',
    ...inwards(),
  ]);
}

/** The rules of an offline session: loopback and nothing else, whatever appears beside it. */
export function renderOffline(): string {
  return table([
    '  chain output_ {',
    '    type filter hook output priority 0; policy drop;',
    '    oifname "lo" accept',
    ...rejects(),
    '  }',
    ...inwards(),
  ]);
}

/** One transaction: a table that is not there yet can be flushed after it was added. */
export function table(lines: readonly string[]): string {
  const name = `inet ${TABLE}`;
  return [`add table ${name}`, `flush table ${name}`, `table ${name} {`, ...lines, '}', ''].join(
    '\n',
  );
}

/** Notes of what was tried: address, protocol, port; and what has no ports. */
export function auditSets(): readonly string[] {
  return [
    ...auditSet(DENIED_SETS.ports, 'ipv4_addr . inet_proto . inet_service', 4096),
    ...auditSet(DENIED_SETS.others, 'ipv4_addr . inet_proto', 1024),
  ];
}

/** One set of notes: the oldest go after an hour, and a full one takes no more. */
export function auditSet(name: string, type: string, size: number): readonly string[] {
  return [
    `  set ${name} {`,
    `    type ${type}`,
    `    size ${size}`,
    '    flags dynamic,timeout',
    '    timeout 1h',
    '    counter',
    '  }',
  ];
}

/** A flood of questions is dropped before it costs the gateway anything. */
export function dnsLimit(): readonly string[] {
  return [
    `    udp dport 53 limit rate over ${DNS_PER_SECOND}/second burst ${DNS_PER_SECOND} packets drop`,
  ];
}

/** Noted, then refused so that programs hear of it at once instead of waiting. */
export function refusals(): readonly string[] {
  const note = `update @${DENIED_SETS.ports} { ip daddr . meta l4proto . th dport }`;
  return [
    `    meta nfproto ipv4 meta l4proto { tcp, udp } ${note}`,
    `    meta nfproto ipv4 meta l4proto != { tcp, udp } update @${DENIED_SETS.others} { ip daddr . meta l4proto }`,
    ...rejects(),
  ];
}

function rejects(): readonly string[] {
  return [
    '    meta l4proto tcp reject with tcp reset',
    '    reject with icmpx type admin-prohibited',
  ];
}

/** Only what came by way of a listed port gets to a listener, and not too much of it at once. */
function listenerRules(listeners: readonly number[]): readonly string[] {
  if (listeners.length === 0) return [];
  const ports = `tcp dport { ${listeners.join(', ')} }`;
  return [
    `    ${ports} ct state new ct count over ${CONNECTIONS} reject with tcp reset`,
    `    ${ports} ct status dnat accept`,
    `    ${ports} reject with tcp reset`,
  ];
}

/** Nothing comes in but from the session itself, and nothing goes through. */
function inwards(): readonly string[] {
  return [
    '  chain input_ {',
    '    type filter hook input priority 0; policy drop;',
    '    iifname "lo" accept',
    '  }',
    '  chain forward_ {',
    '    type filter hook forward priority 0; policy drop;',
    '  }',
  ];
}

function checked(listener: Listener): Listener {
  for (const port of [listener.port, listener.listener]) {
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new RangeError(`not a port: ${port}`);
    }
  }
  return listener;
}

function addressOf(text: string): string {
  const address = parseAddress(text);
  if (address?.family !== 4) throw new RangeError(`not an IPv4 address: ${text}`);
  return renderAddress(address);
}
