import { formatSize } from '../../base/units.ts';
import type { DaemonStatus } from '../../daemon/wire/place.ts';

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
  const sessions = status.parts['networks']?.['sessions'];
  const rows: readonly (readonly [string, string])[] = [
    ['pid', `${status.pid}${status.bySystemd ? ' (started by systemd)' : ''}`],
    ['version', status.ct],
    ['since', new Date(status.sinceMs).toISOString()],
    ['memory', formatSize(status.memoryBytes)],
    ['serves', Array.isArray(sessions) && sessions.length > 0 ? sessions.join(' ') : 'no session'],
  ];
  return rows.map(([name, value]) => `${name.padEnd(8)} ${value}\n`).join('');
}
