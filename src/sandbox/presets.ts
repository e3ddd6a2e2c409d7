import { CtError } from '../base/errors.ts';
import { nearestWord } from '../base/suggest.ts';
import { printable } from '../base/text.ts';
import { reaches, type Aspect, type Enforced, type Level, type LimitName } from './enforcement.ts';

export type PresetName = 'locked' | 'hardened' | 'standard' | 'compat';

/** How strictly a session is isolated, as data. Sizes are in bytes; `undefined` is no limit. */
export interface Preset {
  readonly name: PresetName;
  readonly title: string;
  readonly seccomp: 'strict' | 'default' | 'nested';
  readonly readOnlyRoot: boolean;
  readonly limits: PresetLimits;
  /** What a host that cannot keep it gets: a refusal, or a warning and the session */
  readonly shortfall: 'refuse' | 'warn';
  /** The least that must hold; an aspect that is not named may be missing */
  readonly demands: Readonly<Partial<Record<Aspect, Level>>>;
}

/** Limits before the host is known. */
export interface PresetLimits {
  /** Part of the host's memory */
  readonly memoryShare: number | undefined;
  /** Part of the host's processors */
  readonly cpuShare: number | undefined;
  /** Processes and threads; never left to the engine, which has a default of its own */
  readonly pids: number;
  readonly openFiles: number | undefined;
  readonly tmpBytes: number;
  readonly shmBytes: number;
  /** Whether a crash may leave an image of memory, which may hold a secret */
  readonly coreDumps: boolean;
}

const MiB = 1024 * 1024;

const WALLS = {
  seccomp: 'full',
  userns: 'partial',
  capabilities: 'full',
  no_new_privileges: 'full',
} as const;

const PRESETS: Readonly<Record<PresetName, Preset>> = {
  locked: {
    name: 'locked',
    title: 'for programs that you expect the worst of',
    seccomp: 'strict',
    readOnlyRoot: true,
    limits: {
      memoryShare: 0.5,
      cpuShare: 0.5,
      pids: 1024,
      openFiles: 4096,
      tmpBytes: 512 * MiB,
      shmBytes: 64 * MiB,
      coreDumps: false,
    },
    shortfall: 'refuse',
    demands: { ...WALLS, userns: 'full', read_only_root: 'full', network: 'full', limits: 'full' },
  },
  hardened: {
    name: 'hardened',
    title: 'the default: agents work as usual',
    seccomp: 'default',
    readOnlyRoot: true,
    limits: {
      memoryShare: 0.75,
      cpuShare: undefined,
      pids: 4096,
      openFiles: 65_536,
      tmpBytes: 2048 * MiB,
      shmBytes: 256 * MiB,
      coreDumps: false,
    },
    shortfall: 'refuse',
    demands: { ...WALLS, read_only_root: 'full', limits: 'partial' },
  },
  standard: {
    name: 'standard',
    title: 'hardened, but a host that lacks something gets a warning',
    seccomp: 'default',
    readOnlyRoot: true,
    limits: {
      memoryShare: undefined,
      cpuShare: undefined,
      pids: 8192,
      openFiles: 65_536,
      tmpBytes: 4096 * MiB,
      shmBytes: 256 * MiB,
      coreDumps: false,
    },
    shortfall: 'warn',
    demands: { ...WALLS, read_only_root: 'full', limits: 'partial' },
  },
  compat: {
    name: 'compat',
    title: 'for programs that need a sandbox of their own',
    seccomp: 'nested',
    readOnlyRoot: false,
    limits: {
      memoryShare: undefined,
      cpuShare: undefined,
      pids: 32_768,
      openFiles: undefined,
      tmpBytes: 4096 * MiB,
      shmBytes: 1024 * MiB,
      coreDumps: true,
    },
    shortfall: 'warn',
    demands: WALLS,
  },
};

/** Every preset, strictest first. */
export const PRESET_NAMES = Object.keys(PRESETS) as readonly PresetName[];

/**
 * The preset called `name`.
 *
 * Errors: invalid_argument, with the names that exist
 */
export function presetNamed(name: string): Preset {
  if (Object.hasOwn(PRESETS, name)) return PRESETS[name as PresetName];
  const near = nearestWord(name, PRESET_NAMES);
  throw new CtError('invalid_argument', `there is no preset '${printable(name)}'`, {
    hint: `${near === undefined ? '' : `did you mean '${near}'? `}presets: ${PRESET_NAMES.join(', ')}`,
  });
}

/** What a preset demands and a session would not have. */
export function shortfalls(preset: Preset, table: readonly Enforced[]): readonly Enforced[] {
  return table.filter(({ aspect, level }) => {
    const least = preset.demands[aspect];
    return least !== undefined && !reaches(level, least);
  });
}

/** The limits that a preset sets by itself. */
export function wantedLimits({ limits }: Preset): readonly LimitName[] {
  return [
    ...(limits.memoryShare === undefined ? [] : ['memory' as const]),
    ...(limits.cpuShare === undefined ? [] : ['cpus' as const]),
    'pids',
  ];
}
