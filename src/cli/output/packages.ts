import { printable } from '../../base/text.ts';
import type { PackageInfo } from '../../plan/packages.ts';
import { renderTable } from './table.ts';

/** A line for each package, and then those that are missing, with the reason. */
export function renderPackages({ packages }: { readonly packages: readonly PackageInfo[] }): string {
  if (packages.length === 0) return 'packages.toml asks for nothing\n';
  const rows = packages.map((one) => [
    one.manager,
    one.name.length > 50 ? `${one.name.slice(0, 49)}…` : one.name,
    one.version ?? '-',
    one.state,
    one.programs.join(' '),
  ]);
  const table = renderTable([['FROM', 'NAME', 'VERSION', '', 'PROGRAMS'], ...rows]);
  const failed = packages.filter(({ reason }) => reason !== null);
  if (failed.length === 0) return table;
  const lines = failed.map(
    ({ manager, name, reason }) => `  ${printable(`${name} (${manager}): ${reason ?? ''}`)}\n`,
  );
  return `${table}\ncould not be installed:\n${lines.join('')}`;
}
