import type { ImportEntry, ImportList } from '../../session/import-agent.ts';
import { printable } from '../../base/text.ts';
import { renderTable } from './table.ts';

/** The list of an import: a line for each file, but one for all conversations of a directory. */
export function renderImport({ from, to, entries }: ImportList): string {
  if (entries.length === 0) return `nothing to import below ${printable(from)}\n`;
  const rows = groups(entries).map(([path, group]) => {
    const [first] = group;
    return [
      group.length === 1 ? (first?.action ?? '') : `${first?.action} ${group.length}`,
      first?.kind ?? '',
      path,
      noteOf(group),
    ];
  });
  return `from ${printable(from)} to ${printable(to)}\n${renderTable([['', 'WHAT', 'FILE', ''], ...rows])}`;
}

function groups(entries: readonly ImportEntry[]): readonly [string, readonly ImportEntry[]][] {
  const found = new Map<string, ImportEntry[]>();
  for (const entry of entries) {
    const isMany = entry.kind === 'history' && entry.action !== 'refuse';
    const dir = entry.path.split('/').slice(0, 3).join('/');
    const key = isMany && dir !== entry.path ? `${dir}/…` : entry.path;
    const place = `${key}\0${entry.action}`;
    found.set(place, [...(found.get(place) ?? []), entry]);
  }
  return [...found].map(([place, group]) => [place.split('\0')[0] ?? '', group]);
}

function noteOf(group: readonly ImportEntry[]): string {
  const removed = group.flatMap((entry) => entry.removed);
  const [first] = group;
  const notes = [
    ...(first?.why == null ? [] : [first.why]),
    ...(first !== undefined && first.to !== first.path
      ? [`to ${first.to.split('/').slice(0, 3).join('/')}`]
      : []),
    ...(removed.length === 0 ? [] : [`without ${wordsOf(removed)}`]),
  ];
  return notes.join('; ');
}

function wordsOf(removed: readonly string[]): string {
  const names = [...new Set(removed)];
  if (names.length < removed.length) return `${removed.length} × ${names.join(', ')}`;
  return names.length <= 6
    ? names.join(', ')
    : `${names.slice(0, 6).join(', ')} and ${names.length - 6} more`;
}
