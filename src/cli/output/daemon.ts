import { formatSize } from '../../base/units.ts';
import { printable } from '../../base/text.ts';
import type { DaemonStatus } from '../../daemon/wire/place.ts';
import { readyIn, warmIn } from '../../session/standby/ready.ts';

/** The service, as `ct daemon status` shows it. */
export interface DaemonView {
  readonly status: DaemonStatus | null;
  /** Whether the user's systemd starts it when it is needed */
  readonly isInstalled: boolean;
}

/** A few lines about the service. */
export function renderDaemon({ status, isInstalled }: DaemonView): string {
  const keeper = isInstalled ? 'your systemd starts it when it is needed' : 'not installed';
  if (status === null) return `the service does not run (${keeper})\n`;
  // Their networks are served too, and they are nobody's yet.
  const waiting = readyIn(status);
  const warm = warmIn(status);
  const names = new Set([...waiting, ...warm].map(({ session }) => session));
  const sessions = (status.parts['networks']?.['sessions'] ?? []) as readonly string[];
  const served = sessions.filter((session) => !names.has(session));
  const rows: readonly (readonly [string, string])[] = [
    ['pid', `${status.pid}${status.bySystemd ? ' (started by systemd)' : ''}`],
    ['version', status.ct],
    ['since', new Date(status.sinceMs).toISOString()],
    ['memory', formatSize(status.memoryBytes)],
    ...waiting.map(({ agent, project }): [string, string] => [
      'ready',
      `a session of ${agent} in ${printable(project)}`,
    ]),
    ...warm.map(({ agent, project, session }): [string, string] => [
      'warm',
      `${session}, of ${agent} in ${printable(project)}`,
    ]),
    [
      'serves',
      served.length > 0 ? served.join(' ') : `no ${names.size > 0 ? 'other ' : ''}session`,
    ],
  ];
  return rows.map(([name, value]) => `${name.padEnd(8)} ${value}\n`).join('');
}
