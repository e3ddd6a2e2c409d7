import { printable } from '../../base/text.ts';
import type { PackageInfo } from '../../plan/packages.ts';
import type { GarbageReport } from '../../session/garbage.ts';
import type { UpdateReport } from '../../session/update-all.ts';
import { renderAgentChanges } from './agents.ts';
import { renderTable } from './table.ts';

/** A line for each package, and then those that are missing, with the reason. */
export function renderPackages({
  packages,
}: {
  readonly packages: readonly PackageInfo[];
}): string {
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

/** The packages, and then what became of agents. */
export function renderUpdate(report: UpdateReport): string {
  const { agents, failedAgents } = report;
  const failed = failedAgents.map(({ name, reason }) => `${printable(`${name}: ${reason}`)}\n`);
  const packages = report.packages.length === 0 ? '' : renderPackages(report);
  const changes = agents.length === 0 ? 'no agent is out of date\n' : renderAgentChanges(agents);
  return `${packages}${changes}${failed.join('')}`;
}

/** A line for each thing that goes or went, and the sum. */
export function renderGarbage({ garbage, isRemoved, stays }: GarbageReport): string {
  if (garbage.length === 0) return 'there is nothing that nobody uses\n';
  const rows = garbage.map(({ kind, what, bytes }) => [kind, renderSize(bytes), what]);
  const sum = renderSize(garbage.reduce((total, { bytes }) => total + bytes, 0));
  const verdict = isRemoved ? `removed, up to ${sum}` : `would be removed, up to ${sum}`;
  const left = stays.map(({ what, why }) => `stays: ${printable(`${what}: ${why}`)}\n`);
  return `${renderTable(rows)}${verdict} (images share layers)\n${left.join('')}`;
}

function renderSize(bytes: number): string {
  return bytes < 1024 * 1024
    ? `${Math.ceil(bytes / 1024)} KiB`
    : `${Math.round(bytes / 1024 / 1024)} MiB`;
}
