import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import type { HostPowers } from '../sandbox/host-powers.ts';
import { callingAccount, hasOtherSource, longestRange, readSubidFiles } from './subids.ts';

/**
 * What this host lets the caller's account enforce, from a handful of small files: it is asked before
 * every session.
 *
 * Source: proc(5), cgroups(7), subuid(5), seccomp(2) "/proc interfaces"
 */
export function measurePowers(env: NodeJS.ProcessEnv): HostPowers {
  return {
    seccomp: existsSync('/proc/sys/kernel/seccomp/actions_avail'),
    mappableIds: mappableIds(),
    controllers: delegatedControllers(env),
    memoryBytes: totalmem(),
    processors: availableParallelism(),
    openFiles: openFilesLimit(read('/proc/self/limits')),
  };
}

/** One's own id and the subordinate ones; those of a directory service are taken for enough. */
function mappableIds(): number {
  const files = readSubidFiles();
  const owner = callingAccount();
  const count = Math.min(longestRange(files.subuid, owner), longestRange(files.subgid, owner));
  if (count === 0 && hasOtherSource(read('/etc/nsswitch.conf'))) return 65_537;
  return count === 0 ? 0 : count + 1;
}

/**
 * Controllers that the user's systemd may give to containers. Without its bus Podman cannot ask it, and
 * falls back to control groups that it may not write to.
 */
function delegatedControllers(env: NodeJS.ProcessEnv): readonly string[] {
  const uid = process.getuid?.() ?? -1;
  const bus = `${env['XDG_RUNTIME_DIR'] ?? `/run/user/${uid}`}/bus`;
  if (!existsSync(bus)) return [];
  const service = `/sys/fs/cgroup/user.slice/user-${uid}.slice/user@${uid}.service`;
  return read(`${service}/cgroup.controllers`).split(/\s+/u).filter(Boolean);
}

/** The hard limit of open files; the soft one may be raised up to it. */
export function openFilesLimit(limits: string): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/mu.exec(limits)?.[1];
  const value = Number(hard);
  return hard === undefined || !Number.isFinite(value) ? 1_048_576 : value;
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
