import type { HostPowers } from './host-powers.ts';
import type { Limits, SandboxSpec } from './spec.ts';

/** The walls of a session that are told apart. */
export const ASPECTS = [
  'seccomp',
  'userns',
  'capabilities',
  'no_new_privileges',
  'read_only_root',
  'limits',
  'network',
] as const;

export type Aspect = (typeof ASPECTS)[number];

/** How far a wall stands. */
export type Level = 'full' | 'partial' | 'none';

/** One wall: how far it stands, and what is missing if something is. */
export interface Enforced {
  readonly aspect: Aspect;
  readonly level: Level;
  readonly detail: string;
}

/** Whether `level` is at least `least`. */
export function reaches(level: Level, least: Level): boolean {
  const order: readonly Level[] = ['none', 'partial', 'full'];
  return order.indexOf(level) >= order.indexOf(least);
}

/** What is known of a session's walls: as planned, or as seen from outside. */
export interface Walls {
  /** Name of the filter; `undefined` without one */
  readonly seccomp: string | undefined;
  /** Ids in the session's user namespace; 0 without one */
  readonly mappedIds: number;
  readonly capabilities: readonly string[];
  readonly noNewPrivileges: boolean;
  readonly readOnlyRoot: boolean;
  readonly limits: Pick<Limits, 'memoryBytes' | 'cpus' | 'pids' | 'process'>;
  readonly network: string;
}

/** A user namespace has all ids that files usually carry from here on. */
const ALL_IDS = 65_536;

/**
 * The table of a session: each wall and how far it stands. `wanted` are the limits that were asked for,
 * also where the host cannot set them.
 */
export function enforcement(walls: Walls, wanted: readonly LimitName[]): readonly Enforced[] {
  const yes = (holds: boolean, detail = ''): Pick<Enforced, 'level' | 'detail'> => ({
    level: holds ? 'full' : 'none',
    detail,
  });
  return [
    { aspect: 'seccomp', ...yes(walls.seccomp !== undefined, walls.seccomp ?? 'no filter') },
    { aspect: 'userns', ...usernsLevel(walls.mappedIds) },
    {
      aspect: 'capabilities',
      level: walls.capabilities.length === 0 ? 'full' : 'partial',
      detail: walls.capabilities.length === 0 ? 'none kept' : walls.capabilities.join(', '),
    },
    { aspect: 'no_new_privileges', ...yes(walls.noNewPrivileges) },
    { aspect: 'read_only_root', ...yes(walls.readOnlyRoot, walls.readOnlyRoot ? '' : 'writable') },
    { aspect: 'limits', ...limitsLevel(walls.limits, wanted) },
    { aspect: 'network', ...networkLevel(walls.network) },
  ];
}

/** Limits of a control group, by the words of the configuration. */
export type LimitName = 'memory' | 'cpus' | 'pids';

function usernsLevel(mappedIds: number): Pick<Enforced, 'level' | 'detail'> {
  if (mappedIds === 0) return { level: 'none', detail: 'no namespace of its own' };
  return { level: mappedIds >= ALL_IDS ? 'full' : 'partial', detail: `${mappedIds} ids` };
}

function limitsLevel(
  limits: Walls['limits'],
  wanted: readonly LimitName[],
): Pick<Enforced, 'level' | 'detail'> {
  const set: Readonly<Record<LimitName, boolean>> = {
    memory: limits.memoryBytes !== undefined,
    cpus: limits.cpus !== undefined,
    // Without a control group the kernel still counts processes for each user namespace.
    pids: limits.pids !== undefined || limits.process.some(({ name }) => name === 'nproc'),
  };
  const missing = wanted.filter((name) => !set[name]);
  if (missing.length === 0 && (wanted.length > 0 || limits.process.length > 0)) {
    return { level: 'full', detail: wanted.join(', ') };
  }
  const some = limits.process.length > 0 || wanted.length > missing.length;
  const detail = missing.length === 0 ? 'none asked for' : `cannot be set: ${missing.join(', ')}`;
  return { level: some ? 'partial' : 'none', detail };
}

function networkLevel(network: string): Pick<Enforced, 'level' | 'detail'> {
  return { level: network === 'permissive' ? 'partial' : 'full', detail: network };
}

/** The walls of a session that is planned for this host. */
export function plannedWalls(sandbox: SandboxSpec, network: string, powers: HostPowers): Walls {
  return {
    ...sandbox,
    seccomp: powers.seccomp ? sandbox.seccomp?.name : undefined,
    mappedIds: powers.mappableIds,
    network,
  };
}
