import { CtError } from '../base/errors.ts';
import { programsDir } from '../base/layout.ts';
import type { WantedPackages } from '../config/packages-schema.ts';
import { ensureBelow } from '../host/files.ts';
import { findUnused, removeUnused } from '../host/generations.ts';
import { leaveOwnerMark } from '../host/owner-marks.ts';
import { withLock } from '../host/lock.ts';
import type {
  FailedPackage,
  InstalledLayer,
  InstalledPackages,
  InstalledProgram,
} from '../image/installed.ts';
import {
  comparePackages,
  wantedLayer,
  wantedPrograms,
  type PackageInfo,
  type WantedProgram,
} from '../plan/packages.ts';
import type { SessionContext } from './context.ts';
import { ensureImage, layerName, resolveImage } from './image.ts';
import { ensureVolume } from './install-agent.ts';
import { installPrograms, newGeneration, verifyPackages } from './install-programs.ts';
import { interruptible } from './interrupt.ts';
import { openLongLog } from './long-log.ts';
import { layerLock, makeLayer, removeOldLayers } from './make-layer.ts';
import { newRun, openPackageTools, type PackageTools } from './package-tools.ts';
import { readInstalled, writeInstalled } from './package-state.ts';
import { sweepAfterDead } from './prune.ts';
import { readWanted } from './wanted-packages.ts';

/** What there is of packages.toml. */
export interface PackagesReport {
  readonly packages: readonly PackageInfo[];
}

/** What is wanted beside what is there, without changing anything. */
export async function listPackages(context: SessionContext): Promise<PackagesReport> {
  const { wanted } = readWanted(context);
  return { packages: comparePackages(wanted, readInstalled(context.paths.stateDir)) };
}

/**
 * Makes what packages.toml asks for: the layer, then the programs, then a look at all of it; then, in one
 * step, sessions begin to use it. Killed before that step, everything is as it was. With `update` also what
 * is there is taken in its newest version.
 *
 * Errors: invalid_config; unavailable when Debian's archive cannot be reached; resource_exhausted; canceled.
 * A package that fails is no error but in the report
 */
export async function installPackages(
  context: SessionContext,
  options: { readonly update: boolean },
): Promise<PackagesReport> {
  const { wanted, wish } = readWanted(context);
  const { paths, report } = context;
  const interrupt = interruptible();
  const { signal } = interrupt;
  const mark = leaveOwnerMark(paths.runtimeDir, context.owner);
  const onWait = (): void => report.note('another ct is installing packages: waiting for it');
  try {
    await sweepAfterDead(mark, await context.engine(), context);
    await ensureImage(context, signal, { ownOnly: true });
    return await withLock(layerLock(context), { signal, onWait }, async () => {
      await install({ wanted, wish, update: options.update }, context, signal);
      return { packages: comparePackages(wanted, readInstalled(paths.stateDir)) };
    });
  } finally {
    interrupt.release();
    mark.remove();
  }
}

interface Wish {
  readonly wanted: WantedPackages;
  /** Digest of the file */
  readonly wish: string;
  readonly update: boolean;
}

async function install(
  { wanted, wish, update }: Wish,
  context: SessionContext,
  signal: AbortSignal,
): Promise<void> {
  const { paths } = context;
  const before = readInstalled(paths.stateDir);
  const made = await provideLayer(wantedLayer(wanted), before, update, context, signal);
  const tools = await openTools(made.reference, context, signal);
  try {
    // Nobody else is at work: what no generation has is what a killed installation left.
    sweepUnused(before, tools);
    const newest = update ? await newestFromNpm(wantedPrograms(wanted), context) : undefined;
    const isUpToDate = (one: WantedProgram, there: InstalledProgram): boolean =>
      !update || one.version !== '*' || newest?.get(one.name) === there.version;
    const done = await installPrograms(wantedPrograms(wanted), before.programs, isUpToDate, tools);
    const isLess = done.programs.length !== before.programs.length;
    const isLayerNew = JSON.stringify(made.layer) !== JSON.stringify(before.layer);
    const failed = [...made.failed, ...done.failed];
    if (done.isChanged || isLess || isLayerNew) {
      const found = await verified(done.programs, before, made, tools);
      const all = { ...found, failed: [...failed, ...found.failed] };
      writeInstalled(paths.stateDir, {
        ...{ schema: 1, wish, layer: made.layer, ...all },
        previous: previousOf(before),
      });
      await removeOldLayers(made.reference, context);
    } else {
      writeInstalled(paths.stateDir, { ...before, wish, failed });
    }
    sweepUnused(readInstalled(paths.stateDir), tools);
  } finally {
    tools.log.close();
  }
}

/**
 * The layer with these packages: the one that is there, or a new one. Where none can be made the old one
 * stays, and every package that it lacks has failed.
 */
async function provideLayer(
  packages: readonly string[],
  { layer: before }: InstalledPackages,
  update: boolean,
  context: SessionContext,
  signal: AbortSignal,
): Promise<Provided> {
  if (packages.length === 0 && !update) return NO_LAYER;
  const there = before === undefined ? undefined : await findLayer(before, context);
  if (there !== undefined && !update && there.layer?.packages.join() === packages.join()) {
    return there;
  }
  const serial = update || before === undefined ? newRun() : before.serial;
  try {
    const made = await makeLayer({ packages, serial }, context, signal);
    return made ?? NO_LAYER;
  } catch (thrown) {
    signal.throwIfAborted();
    const error = CtError.from(thrown);
    if (!['unavailable', 'failed_precondition'].includes(error.code)) throw error;
    context.report.warn(error.message);
    const missing = packages.filter((name) => there?.layer?.packages.includes(name) !== true);
    const failed = missing.map((name) => ({
      manager: 'apt' as const,
      name,
      reason: error.message,
    }));
    return { ...(there ?? NO_LAYER), failed };
  }
}

/** A layer, or none, and what is not in it. */
interface Provided {
  readonly layer: InstalledLayer | undefined;
  readonly reference: string | undefined;
  readonly failed: readonly FailedPackage[];
}

const NO_LAYER: Provided = { layer: undefined, reference: undefined, failed: [] };

async function findLayer(
  layer: InstalledLayer,
  context: SessionContext,
): Promise<Provided | undefined> {
  const { own } = resolveImage(context.config, context.paths);
  const { reference } = layerName(own, layer);
  const { images } = await context.engine();
  const info = await images.inspect(reference);
  return info === undefined ? undefined : { layer, reference, failed: [] };
}

async function openTools(
  layerReference: string | undefined,
  context: SessionContext,
  signal: AbortSignal,
): Promise<PackageTools> {
  const { config, paths } = context;
  const engine = await context.engine();
  const volume = await ensureVolume(engine, context);
  const root = ensureBelow(volume.path, programsDir(context.instance()));
  const log = openLongLog({
    stateDir: paths.stateDir,
    operation: 'packages',
    retentionDays: config.logs.retention_days,
    now: new Date(),
  });
  const imageReference = layerReference ?? resolveImage(config, paths).own.reference;
  return openPackageTools({ context, engine, log, signal, root, imageReference });
}

interface Found {
  readonly programs: readonly InstalledProgram[];
  readonly debian: Readonly<Record<string, string>>;
  readonly generation: string | undefined;
  readonly failed: readonly FailedPackage[];
}

/** What of it works, in a generation of its own; a package that does not start gives way to the old one. */
async function verified(
  programs: readonly InstalledProgram[],
  before: InstalledPackages,
  made: Provided,
  tools: PackageTools,
): Promise<Found> {
  const asked = made.layer?.packages ?? [];
  if (programs.length === 0 && asked.length === 0) {
    return { programs, debian: {}, generation: undefined, failed: [] };
  }
  const generation = newGeneration(programs, tools);
  const { debian, broken } = await verifyPackages(programs, asked, generation, tools);
  const reasonOf = (one: InstalledProgram): string | undefined => {
    const program = one.programs.find((name) => broken.has(name));
    return program === undefined ? undefined : `${program}: ${broken.get(program) ?? ''}`;
  };
  if (!programs.some(reasonOf)) return { programs, debian, generation, failed: [] };
  const kept = programs.flatMap((one) => {
    if (reasonOf(one) === undefined) return [one];
    const old = before.programs.find(
      ({ manager, name, entry }) =>
        manager === one.manager && name === one.name && entry !== one.entry,
    );
    return old === undefined ? [] : [old];
  });
  const failed = programs.flatMap((one) => {
    const reason = reasonOf(one);
    return reason === undefined ? [] : [{ manager: one.manager, name: one.name, reason }];
  });
  return { programs: kept, debian, generation: newGeneration(kept, tools), failed };
}

function previousOf(before: InstalledPackages): InstalledPackages['previous'] {
  const { generation, programs } = before;
  if (generation === undefined) return undefined;
  return { generation, entries: programs.map(({ entry }) => entry) };
}

function sweepUnused(installed: InstalledPackages, { root }: PackageTools): void {
  for (const path of unusedOf(installed, root)) removeUnused(root, path);
}

/** Directories in the volume that neither this state nor the one before it uses. */
export function unusedOf(installed: InstalledPackages, root: string): readonly string[] {
  const { generation, previous, programs } = installed;
  return findUnused(root, {
    generations: [generation, previous?.generation].filter((id) => id !== undefined),
    entries: [...programs.map(({ entry }) => entry), ...(previous?.entries ?? [])],
  });
}

async function newestFromNpm(
  wanted: readonly WantedProgram[],
  context: SessionContext,
): Promise<ReadonlyMap<string, string>> {
  const { askNewest } = await import('../host/newest.ts');
  const packages = wanted.flatMap(({ manager, name, version }) =>
    manager === 'npm' && version === '*' ? [{ name, package: name }] : [],
  );
  return askNewest(packages, context.env);
}
