import { randomBytes } from 'node:crypto';
import { CtError } from '../base/errors.ts';
import { withLock, type Lock } from '../host/lock.ts';
import { packFiles } from '../host/tar.ts';
import { readTemplate } from '../host/assets.ts';
import type { FailedPackage, InstalledLayer } from '../image/installed.ts';
import { LAYER_FILES } from '../image/layer.ts';
import { LABEL } from '../plan/labels.ts';
import { LENT } from '../plan/install.ts';
import type { SessionContext } from './context.ts';
import { layerName, resolveImage } from './image.ts';
import { namesOf, prepareImage, type BuildTools } from './make-image.ts';
import { openLongLog, runStep } from './long-log.ts';
import { aptFiles } from './obtain-base.ts';

/** Value of `ct.kind` on images that have the layer. */
export const LAYER_KIND = 'layer';

/** A layer that was built, and what is not in it. */
export interface MadeLayer {
  readonly layer: InstalledLayer;
  readonly reference: string;
  readonly failed: readonly FailedPackage[];
}

/**
 * Builds the layer of Debian packages on top of ct's own image, which must be there. It gets its name
 * last, and no session knows that name before it was written down: the layer that is in use stays.
 * `undefined` when nothing would be in it: no package, and nothing newer than what the image has.
 *
 * Errors: unavailable when the archive cannot be reached, naming it; resource_exhausted; canceled
 */
export async function makeLayer(
  wish: InstalledLayer,
  context: SessionContext,
  signal: AbortSignal | undefined,
  fresh = false,
): Promise<MadeLayer | undefined> {
  const { config, paths, report } = context;
  const log = openLongLog({
    stateDir: paths.stateDir,
    operation: 'packages',
    retentionDays: config.logs.retention_days,
    now: new Date(),
  });
  const tools = { context, engine: await context.engine(), report, log, signal, fresh };
  const building = `localhost/ct/packages:building-${context.instance()}-${randomBytes(3).toString('hex')}`;
  try {
    const { failed, isUpgraded } = await buildLayer(wish, building, tools);
    const isFailed = (name: string): boolean => failed.some((one) => one.name === name);
    const layer = { ...wish, packages: wish.packages.filter((name) => !isFailed(name)) };
    if (layer.packages.length === 0 && !isUpgraded && failed.length === 0) return undefined;
    const { own } = resolveImage(config, paths);
    const { reference } = layerName(own, layer);
    const { images } = tools.engine;
    // The same again, since a package failed again: nobody pays for it twice.
    if ((await images.inspect(reference)) === undefined || tools.fresh) {
      await prepareImage(building, tools);
      await images.tag(building, reference);
    }
    return { layer, reference, failed };
  } finally {
    await tools.engine.images.remove(building).catch((error: unknown) => log.line(String(error)));
    log.close();
  }
}

async function buildLayer(
  wish: InstalledLayer,
  reference: string,
  tools: BuildTools,
): Promise<{ readonly failed: readonly FailedPackage[]; readonly isUpgraded: boolean }> {
  const { context, engine, signal } = tools;
  const { own } = resolveImage(context.config, context.paths);
  const files = Object.fromEntries(LAYER_FILES.map((name) => [name, readTemplate(name)]));
  const lent = await aptFiles(tools, LENT);
  const lines: string[] = [];
  const { length } = wish.packages;
  const doing =
    length === 0
      ? 'asking Debian for newer packages'
      : `installing ${length} Debian ${length === 1 ? 'package' : 'packages'} into the image`;
  await runStep(doing, tools, async (onLine) => {
    const onProgress = (line: string): void => {
      lines.push(line);
      onLine(line);
    };
    const build = {
      context: packFiles({ ...files, ...lent }),
      containerfile: 'Containerfile.packages',
      reference,
      labels: {
        [LABEL.instance]: context.instance(),
        [LABEL.kind]: LAYER_KIND,
        [LABEL.version]: context.ctVersion,
      },
      args: { BASE: own.reference, PACKAGES: wish.packages.join(' ') },
    };
    try {
      await engine.images.build(build, { onProgress, ...(signal && { signal }) });
    } catch (thrown) {
      signal?.throwIfAborted();
      throw layerFailure(CtError.from(thrown), lines);
    }
  });
  return { failed: failedIn(lines), isUpgraded: lines.includes('ct-upgraded') };
}

/** `ct-failed NAME REASON`, as templates/image-packages.sh says it. */
export function failedIn(lines: readonly string[]): readonly FailedPackage[] {
  return lines.flatMap((line) => {
    const [word, name = '', reason = ''] = line.split('\t');
    return word === 'ct-failed' ? [{ manager: 'apt' as const, name, reason }] : [];
  });
}

/** The whole layer failed: what apt said of its archives tells more than the status of the step. */
export function layerFailure(error: CtError, lines: readonly string[]): CtError {
  const said = lines.filter((line) => /^\s*(?:Err:|E: |W: )/u.test(line)).join('\n');
  const reach =
    /(?:Could not (?:resolve|connect to|handshake:?)|Temporary failure resolving|Unable to connect to)\s*'?([a-z0-9.:-]+)/iu.exec(
      said,
    );
  if (reach !== null) {
    return new CtError(
      'unavailable',
      `the Debian packages could not be installed: ${reach[1] ?? 'the archive'} cannot be reached`,
      { hint: 'check the network and the Debian mirror in /etc/apt of this host', cause: error },
    );
  }
  const first = /^\s*E: (.*)$/mu.exec(said)?.[1];
  return first === undefined
    ? error
    : new CtError(error.code, `the Debian packages could not be installed: ${first}`, {
        ...(error.hint === undefined ? {} : { hint: error.hint }),
        cause: error,
      });
}

/**
 * The layer that is written down, made again: after ct's own image changed, or when it was removed.
 *
 * Errors: those of {@link makeLayer}; failed_precondition when one of its packages is gone from Debian
 */
export async function remakeLayer(
  layer: InstalledLayer,
  context: SessionContext,
  signal: AbortSignal | undefined,
): Promise<void> {
  const onWait = (): void =>
    context.report.note('another ct is installing packages: waiting for it');
  await withLock(layerLock(context), { ...(signal && { signal }), onWait }, async () => {
    const made = await makeLayer(layer, context, signal, true);
    if (made === undefined) return;
    const [first] = made.failed;
    if (first === undefined) return removeOldLayers(made.reference, context);
    throw new CtError('failed_precondition', `${first.name} cannot be installed: ${first.reason}`, {
      hint: 'take it out of packages.toml and type: ct sys packages --install',
    });
  });
}

/** The lock under which layers and generations change. */
export function layerLock({ paths }: SessionContext): Lock {
  return { dir: paths.stateDir, name: 'packages' };
}

/** Removes this installation's other layers; one that a session uses stays. */
export async function removeOldLayers(
  keep: string | undefined,
  context: SessionContext,
): Promise<void> {
  const { images } = await context.engine();
  const mine = await images.list([`${LABEL.instance}=${context.instance()}`]);
  const old = mine.filter(
    ({ labels, references }) =>
      labels[LABEL.kind] === LAYER_KIND && (keep === undefined || !references.includes(keep)),
  );
  if (old.length === 0) return;
  const step = context.report.step('removing the previous layer');
  for (const name of old.flatMap(namesOf)) {
    await images.remove(name).catch((thrown: unknown) => {
      context.report.debug(`${name} stays: ${CtError.from(thrown).message}`);
    });
  }
  step.done();
}
