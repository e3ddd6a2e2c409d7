import { ruleTextFor } from './learn.ts';
import type { DeniedSummary, NetworkRecord } from './record.ts';

/** More would only scroll what matters away; `ct network log` has all. */
const MAX_LINES = 10;

/**
 * What a session was denied, as lines for its end: each destination once, the most frequent first, with
 * the command that would allow it where one would. `ports` are the policy's.
 *
 * Names come from inside the session: whoever prints the lines makes them safe for a terminal.
 */
export function summariseDenied(
  denied: readonly DeniedSummary[],
  session: string,
  ports: readonly number[],
): readonly string[] {
  const groups = grouped(
    denied.filter(({ record }) => record.verdict === 'deny'),
    ports,
  );
  if (groups.length === 0) return [];
  const shown = groups.slice(0, MAX_LINES);
  const width = Math.min(40, Math.max(...shown.map(({ what }) => what.length)));
  const left = groups.length - shown.length;
  return [
    `the network denied ${groups.length} ${groups.length === 1 ? 'destination' : 'destinations'}:`,
    ...shown.map(({ what, times, cure }) => `  ${what.padEnd(width)}  ${times}×  ${cure}`),
    ...(left > 0 ? [`  and ${left} more: 'ct network log --session ${session}'`] : []),
  ];
}

interface Group {
  readonly what: string;
  readonly cure: string;
  times: number;
}

/** By what would be typed: a name that was asked for and then connected to is one thing. */
function grouped(denied: readonly DeniedSummary[], ports: readonly number[]): readonly Group[] {
  const groups = new Map<string, Group>();
  for (const { record, times } of denied) {
    const what = destinationOf(record);
    const cure = cureFor(record, ports);
    const key = `${what}\n${cure}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { what, cure, times });
    else known.times += times;
  }
  return [...groups.values()].sort((a, b) => b.times - a.times);
}

function destinationOf({ name, address, port }: NetworkRecord): string {
  const host = name ?? (address?.includes(':') === true ? `[${address}]` : address) ?? '?';
  return port === undefined ? host : `${host}:${port}`;
}

/** What to type, or why nothing helps. */
export function cureFor(record: NetworkRecord, ports: readonly number[]): string {
  const { reason, rule, detail } = record;
  switch (reason) {
    case 'not_allowed':
    case 'port': {
      if (record.protocol !== undefined && record.protocol !== 'tcp')
        return detail ?? 'not allowed';
      const text = ruleTextFor(record, ports);
      return text === undefined ? (detail ?? 'not allowed') : `ct network allow '${text}'`;
    }
    case 'blocked':
      return rule === undefined ? 'blocked' : `blocked; ct network remove '${rule}'`;
    case 'special_address':
      return detail === 'private' || detail === 'shared'
        ? `leads to a ${detail} address; add the name to network.allow_private if that is right`
        : `leads to a ${(detail ?? 'special').replace('_', '-')} address, which no rule opens`;
    case 'host_address':
      return 'leads to this host; strict sessions reach [network.host_services] of it';
    case 'sni':
    case 'host':
      return `${detail ?? 'another host than was resolved'}: resolve the name that is meant`;
    case 'no_sni':
      return 'TLS without a server name: which host is meant cannot be seen';
    case 'ech':
      return 'encrypted ClientHello: which host is meant cannot be seen';
    case 'protocol':
      return `${detail ?? 'not the protocol of the port'}`;
    case 'limit':
      return detail ?? 'too much at once';
    case 'unreachable':
      return detail ?? 'could not be reached';
    case 'offline':
      return 'the session is offline';
    default:
      return detail ?? reason.replace('_', ' ');
  }
}
