import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { readStat } from '../../host/process.ts';

/** How long a service may take to begin where the disk or the processors are busy, `s` */
const BEGINNING_S = 30;
/** Of a clock tick in /proc, everywhere where Node.js runs. Source: getconf(1), CLK_TCK */
const TICKS_PER_SECOND = 100;

/**
 * Whether a service of this account that listens on the socket at `path` has only just been started, as systemd
 * does when somebody connects. It reads its store and waits for the locks there before it answers anything, which
 * takes long on a busy machine. One that somebody has stopped does not begin.
 *
 * Source: proc_pid_stat(5); sd_listen_fds(3): a socket that was handed over is not among the arguments
 */
export function isServiceStarting(path: string): boolean {
  const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
  const ages = readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name) && servesAt(path, name))
    .map((name) => readStat(Number(name)))
    .filter((stat) => stat !== undefined)
    .map(({ state, startTicks }) =>
      /[Tt]/u.test(state) ? Infinity : uptime - Number(startTicks) / TICKS_PER_SECOND,
    );
  return ages.length > 0 && Math.max(...ages) < BEGINNING_S;
}

function servesAt(path: string, pid: string): boolean {
  try {
    if (statSync(`/proc/${pid}`).uid !== process.getuid?.()) return false;
    const [program = '', ...words] = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
    if (basename(program) !== 'podman' || !words.includes('service')) return false;
    const named = words.find((word) => word.startsWith('unix:'));
    return named === undefined || named === `unix://${path}`;
  } catch {
    // It has ended.
    return false;
  }
}
