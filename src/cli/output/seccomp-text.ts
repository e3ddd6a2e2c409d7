import { printable } from '../../base/text.ts';
import type { Difference } from '../../sandbox/seccomp/answers.ts';
import type { ProfileView } from '../../session/seccomp-views.ts';
import { renderTable } from './table.ts';

/** The profiles that there are. */
export function renderProfiles(
  list: readonly Pick<ProfileView, 'name' | 'summary' | 'digest'>[],
): string {
  const rows = list.map(({ name, digest, summary }) => [name, digest.slice(0, 12), summary]);
  return renderTable([['PROFILE', 'DIGEST', 'WHAT IT IS'], ...rows]);
}

/** One profile: every call that it names, and the answer for the others. */
export function renderProfile({ name, summary, calls, other, doubts }: ProfileView): string {
  const warnings = doubts.map((doubt) => `warning: ${printable(doubt)}\n`).join('');
  const rows = calls.map(({ call, answer }) => [call, answer]);
  const head = `${printable(name)}: ${printable(summary)}\n${warnings}\n`;
  return `${head}${renderTable([...rows, ['every other', other]])}`;
}

/** What two profiles say differently. */
export function renderDifferences(
  [first, second]: readonly [string, string],
  differences: readonly Difference[],
): string {
  if (differences.length === 0)
    return `${printable(first)} and ${printable(second)} are the same\n`;
  const rows = differences.map((row) => [row.call, row.first, row.second]);
  return renderTable([['CALL', first, second], ...rows]);
}
