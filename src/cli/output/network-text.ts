import { printable } from '../../base/text.ts';
import type { NetworkStatus } from '../../gateway/control/protocol.ts';
import { describeLesson, type Lesson } from '../../network/learn.ts';
import type { NetworkRecord } from '../../network/record.ts';
import type { NetworkChange } from '../../session/network-change.ts';
import type { LiveEdit } from '../../session/network-live.ts';
import type { RuleListing } from '../../session/network-rules.ts';
import { renderTable } from './table.ts';

/** What a change came to: in the file, in each session, and what else to know. */
export function renderChange({ op, saved, sessions, notes }: NetworkChange): string {
  const word = op === 'block' ? 'blocked' : 'allowed';
  const file = saved === undefined ? '' : ` in ${saved.path}`;
  return lines([
    ...(saved?.added ?? []).map((rule) => `${word}: ${rule}${file}`),
    ...(saved?.removed ?? []).map((rule) => `removed: ${rule}${file}`),
    ...(saved?.unchanged ?? []).map((rule) =>
      op === 'remove' ? `was not there: ${rule}${file}` : `was ${word} already: ${rule}${file}`,
    ),
    ...(op === 'clear' && saved?.removed.length === 0 ? ['there were no rules'] : []),
    ...sessions.map(renderLive),
    ...notes.map((note) => `note: ${note}`),
  ]);
}

function renderLive(live: LiveEdit): string {
  if ('error' in live) return `session ${live.session}: NOT CHANGED: ${live.error}`;
  const { session, changed, cut } = live;
  if (!changed) return `session ${session}: nothing to change`;
  const closed = cut === 0 ? '' : `; ${cut} open ${cut === 1 ? 'connection' : 'connections'} cut`;
  return `session ${session}: in force${closed}`;
}

/** Rules with their origin, then what contradicts itself. */
export function renderRules({ mode, session, rules, hostServices, notes }: RuleListing): string {
  const head = session === undefined ? `mode ${mode}` : `session ${session}, mode ${mode}`;
  const table = rules.map(({ rule, list, ports, origin }) => [
    ...[list, rule, ports === 'all' ? 'all ports' : ports.join(', '), origin],
  ]);
  const rows = [['LIST', 'RULE', 'PORTS', 'FROM'], ...table];
  const words = {
    conflict: 'is blocked by',
    duplicate: 'is the same as',
    shadowed: 'is blocked by',
  };
  return (
    lines([head]) +
    (rules.length === 0 ? lines(['no rules: strict sessions reach nothing']) : renderTable(rows)) +
    lines(hostServices) +
    lines(notes.map(({ kind, text, by }) => `note: '${text}' ${words[kind]} '${by}'`))
  );
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

/** A line for each session, and below it one for each open connection. */
export function renderNetworks(networks: readonly NetworkStatus[]): string {
  if (networks.length === 0) return lines(['no session with a network of its own runs']);
  return networks
    .map(({ session, agent, policy, names, connections, counts }) => {
      const rules = `${counted(policy.allow.length, 'rule')}, ${counted(policy.block.length, 'block')}`;
      const head = `${session}  ${agent}  ${policy.mode}  ${rules}  ${counted(names, 'name')}  ${counts.allowed} allowed  ${counts.denied} denied`;
      const rows = connections.map(({ name, address, port, rule, sent, received, openMs }) => [
        `  ${name ?? address ?? '?'}:${port}`,
        ...[`${Math.round(openMs / 1000)}s`, `${sent} out`, `${received} in`, rule ?? ''],
      ]);
      return lines([head]) + renderTable(rows);
    })
    .join('');
}

/** `12:30:01 deny   example.com:443      not allowed` */
export function renderRecord(record: NetworkRecord): string {
  const { time, event, verdict, name, address, port, reason, rule, detail } = record;
  const clock = new Date(time).toISOString().slice(11, 19);
  const host = name ?? (address?.includes(':') === true ? `[${address}]` : address) ?? event;
  const what = port === undefined ? host : `${host}:${port}`;
  const why = [reason.replace('_', ' '), rule === undefined ? '' : `(${rule})`, detail ?? ''];
  const { sent, received, durationMs } = record;
  const traffic =
    sent === undefined && received === undefined
      ? ''
      : `  ${sent ?? 0} out, ${received ?? 0} in, ${((durationMs ?? 0) / 1000).toFixed(1)} s`;
  const text = why.filter((word) => word !== '').join(' ');
  return lines([`${clock} ${verdict.padEnd(5)} ${event.padEnd(7)} ${what}  ${text}${traffic}`]);
}

/** Commands to type. */
export function renderLesson(lesson: Lesson, kind: 'learn' | 'shadow'): string {
  return lines(describeLesson(lesson, kind));
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${printable(text)}\n`).join('');
}
