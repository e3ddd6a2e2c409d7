import type { LimitName } from './enforcement.ts';
import type { HostPowers } from './host-powers.ts';
import type { Preset } from './presets.ts';
import type { Limits, ProcessLimit } from './spec.ts';

/** What the user asked for; 0 or `undefined` leaves it to the preset. */
export interface LimitWish {
  /** `bytes` */
  readonly memory: number;
  readonly cpus: number;
  readonly pids: number;
  readonly openFiles: number;
}

/** Limits of a session, and the names of those that were wanted, whether the host can set them or not. */
export interface PlannedLimits {
  readonly limits: Limits;
  readonly wanted: readonly LimitName[];
}

/** The controller that each limit needs. Source: cgroups(7) */
const CONTROLLER: Readonly<Record<LimitName, string>> = {
  memory: 'memory',
  cpus: 'cpu',
  pids: 'pids',
};

/**
 * The limits of a session on this host. What the host cannot set is left out, so that no engine is
 * asked for what it would drop; `wanted` still names it. Processes are counted twice: by the control
 * group where there is one, and by the kernel for the user namespace everywhere (RLIMIT_NPROC).
 *
 * Source: getrlimit(2); user_namespaces(7): counts of a namespace are its own since Linux 5.14
 */
export function planLimits(wish: LimitWish, preset: Preset, powers: HostPowers): PlannedLimits {
  const asked = {
    memory: wish.memory || share(preset.limits.memoryShare, powers.memoryBytes, 1),
    cpus: wish.cpus || share(preset.limits.cpuShare, powers.processors, 10),
    pids: wish.pids || preset.limits.pids,
  };
  const names: readonly LimitName[] = ['memory', 'cpus', 'pids'];
  const wanted = names.filter((name) => asked[name] !== undefined);
  const settable = (name: LimitName): number | undefined =>
    powers.controllers.includes(CONTROLLER[name]) ? asked[name] : undefined;
  return {
    wanted,
    limits: {
      memoryBytes: settable('memory'),
      cpus: settable('cpus'),
      pids: settable('pids'),
      shmBytes: preset.limits.shmBytes,
      process: processLimits(asked.pids, wish.openFiles || preset.limits.openFiles, preset, powers),
    },
  };
}

function processLimits(
  pids: number | undefined,
  openFiles: number | undefined,
  preset: Preset,
  powers: HostPowers,
): readonly ProcessLimit[] {
  return [
    ...(openFiles === undefined
      ? []
      : [{ name: 'nofile', value: Math.min(openFiles, powers.openFiles) } as const]),
    ...(pids === undefined ? [] : [{ name: 'nproc', value: pids } as const]),
    ...(preset.limits.coreDumps ? [] : [{ name: 'core', value: 0 } as const]),
  ];
}

/** A part of the whole, in steps of `1 / steps`; at least one step. */
function share(part: number | undefined, whole: number, steps: number): number | undefined {
  return part === undefined ? undefined : Math.max(1, Math.floor(part * whole * steps)) / steps;
}

/** For containers that run programs of ours only: images and installations. */
export const UNLIMITED: Limits = {
  memoryBytes: undefined,
  cpus: undefined,
  pids: undefined,
  shmBytes: 64 * 1024 * 1024,
  process: [{ name: 'core', value: 0 }],
};

/** The variables that tell a program its budget; only what really holds is told. */
export function budgetEnvironment(
  limits: Limits,
  tmpBytes: number,
): Readonly<Record<string, string>> {
  const { memoryBytes, cpus } = limits;
  const pids = limits.pids ?? limits.process.find(({ name }) => name === 'nproc')?.value;
  const told: readonly (readonly [string, number | undefined])[] = [
    ['CT_LIMIT_MEMORY_BYTES', memoryBytes],
    ['CT_LIMIT_CPUS', cpus],
    ['CT_LIMIT_PIDS', pids],
    ['CT_LIMIT_TMP_BYTES', tmpBytes],
  ];
  return Object.fromEntries(
    told.flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
  );
}
