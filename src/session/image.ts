import { CtError } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';
import { fileSha256, fileStamp } from '../host/archive.ts';
import { readTemplate } from '../host/assets.ts';
import type { Paths } from '../host/paths.ts';
import { requireSubids } from '../host/subids.ts';
import { PACKAGES, SUITE, type Base, type BaseWish } from '../image/base.ts';
import type { InstalledLayer } from '../image/installed.ts';
import { LAYER_FILES, nameLayer } from '../image/layer.ts';
import { NPM } from '../image/npm.ts';
import { CONTEXT_FILES, nameRecipe, type Recipe, type RecipeName } from '../image/recipe.ts';
import type { SessionContext } from './context.ts';
import { readImageState, rememberImageState } from './image-state.ts';
import { readInstalled } from './package-state.ts';

/** The image that sessions of this configuration use, whether it exists or not. */
export interface ResolvedImage {
  /** What sessions run on: ct's own image, or the one with the user's layer on top */
  readonly reference: string;
  /** ct's own image */
  readonly own: RecipeName;
  readonly recipe: Recipe;
  /** The layer of Debian packages that was installed */
  readonly layer: InstalledLayer | undefined;
  /** The generation of programs that goes with it */
  readonly generation: string | undefined;
}

/**
 * The image of this configuration. On the path of every run: reads three small files and no engine;
 * a configured archive is digested once and then known by its stamp.
 *
 * Errors: invalid_config when the source is `archive` and none is named; not_found when it is missing
 */
export function resolveImage(config: Config, paths: Pick<Paths, 'stateDir'>): ResolvedImage {
  const files = Object.fromEntries(CONTEXT_FILES.map((name) => [name, readTemplate(name)]));
  const base = wishedBase(config, paths.stateDir);
  const recipe: Recipe = { base, packages: PACKAGES, npm: NPM.version, files };
  const own = nameRecipe(recipe);
  const { layer, generation } = readInstalled(paths.stateDir);
  const reference = layer === undefined ? own.reference : layerName(own, layer).reference;
  return { reference, own, recipe, layer, generation };
}

/** Name of the image with `layer` on top of ct's own. */
export function layerName(own: RecipeName, layer: InstalledLayer): RecipeName {
  const files = Object.fromEntries(LAYER_FILES.map((name) => [name, readTemplate(name)]));
  return nameLayer({ below: own.digest, ...layer, files });
}

/**
 * Makes sure that the image is there, and pays what the first container of an image would pay.
 * Resolves to its reference, the one that {@link resolveImage} names.
 *
 * At most one process of an installation makes it; others wait and then find it. With `rebuild` it is
 * made again, with `fresh` its base too, with `ownOnly` without the user's layer; the one that was there stays until the new one is whole.
 *
 * Errors: unavailable, failed_precondition with every source's own reason, or without subordinate
 * ids; resource_exhausted; canceled
 */
export async function ensureImage(
  context: SessionContext,
  signal?: AbortSignal,
  options: {
    readonly rebuild?: boolean;
    readonly fresh?: boolean;
    readonly ownOnly?: boolean;
  } = {},
): Promise<string> {
  const resolved = resolveImage(context.config, context.paths);
  const { images } = await context.engine();
  const has = async (reference: string): Promise<boolean> =>
    (await images.inspect(reference)) !== undefined;
  const rebuild = options.rebuild === true;
  if (!rebuild && options.ownOnly !== true && (await has(resolved.reference)))
    return resolved.reference;
  requireSubids();
  if (rebuild || !(await has(resolved.own.reference))) {
    const { makeImage } = await import('./make-image.ts');
    const isThere = (): Promise<boolean> => has(resolved.own.reference);
    await makeImage(resolved, context, { signal, isThere, rebuild, fresh: options.fresh === true });
  }
  if (options.ownOnly === true) return resolved.own.reference;
  if (resolved.layer !== undefined && (rebuild || !(await has(resolved.reference)))) {
    const { remakeLayer } = await import('./make-layer.ts');
    await remakeLayer(resolved.layer, context, signal);
  }
  return resolved.reference;
}

/** The bases that the configuration allows, in the order of trying. */
export function wishedBase(config: Config, stateDir: string): BaseWish {
  const { source, registry, archive } = config.image;
  const pulled: Base = { kind: 'registry', reference: registry };
  const made: Base = { kind: 'bootstrap', suite: SUITE, packages: PACKAGES };
  if (source === 'registry') return pulled;
  if (source === 'bootstrap') return made;
  if (source === 'archive') return archiveBase(archive, stateDir);
  const archiveStamp = archive === '' ? undefined : fileStamp(archive);
  return { kind: 'auto', of: [pulled, made], archiveStamp };
}

/** The archive as a base; its digest is remembered as long as the file has the same stamp. */
export function archiveBase(path: string, stateDir: string): Base {
  if (path === '') {
    throw new CtError('invalid_config', "[image] source is 'archive', but archive is not set", {
      hint: 'set [image] archive to the path of an OCI or docker archive',
    });
  }
  const stamp = fileStamp(path);
  const known = readImageState(stateDir).archive;
  if (known?.stamp === stamp) return { kind: 'archive', sha256: known.sha256 };
  const sha256 = fileSha256(path);
  rememberImageState(stateDir, { archive: { stamp, sha256 } });
  return { kind: 'archive', sha256 };
}
