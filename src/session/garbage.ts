import { readdirSync, readlinkSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { PACKAGES_VOLUME, programsDir } from '../base/layout.ts';
import type { Engine, ImageInfo } from '../engine/engine.ts';
import { isDirectory, removeTree } from '../host/generations.ts';
import { withLock } from '../host/lock.ts';
import { treeBytes } from '../host/tree-size.ts';
import { isOwnBase } from '../image/base.ts';
import { LABEL } from '../plan/labels.ts';
import type { SessionContext } from './context.ts';
import { resolveImage } from './image.ts';
import { unusedOf } from './install-packages.ts';
import { BASE_LABEL, namesOf } from './make-image.ts';
import { imageLock } from './make-image.ts';
import { LAYER_KIND, layerLock } from './make-layer.ts';
import { oldBaseName } from './obtain-base.ts';
import { readInstalled } from './package-state.ts';
import { listSessions } from './list.ts';
import { endWaiting } from './standby/end-waiting.ts';

/** Something that nobody uses any more. */
export interface Garbage {
  readonly kind: 'image' | 'packages' | 'agent' | 'cache';
  readonly what: string;
  /** Images share layers: what one frees is at most this */
  readonly bytes: number;
}

/** What was found, and what could not be removed. */
export interface GarbageReport {
  readonly garbage: readonly Garbage[];
  readonly isRemoved: boolean;
  readonly stays: readonly { readonly what: string; readonly why: string }[];
}

interface Piece extends Garbage {
  remove(): Promise<void> | void;
}

/**
 * Images, generations, old versions of agents and caches of this installation that nobody uses; removed
 * unless it is only to be shown. While sessions run, what they may have begun with stays.
 *
 * Waits for a ct that is making an image or installing packages: what it has half made is no garbage.
 */
export async function collectGarbage(
  context: SessionContext,
  options: { readonly dryRun: boolean },
): Promise<GarbageReport> {
  const onWait = (): void => context.report.note('another ct is at work: waiting for it');
  return withLock(imageLock(context), { onWait }, () =>
    withLock(layerLock(context), { onWait }, async () => {
      const step = context.report.step('looking for what nobody uses');
      const pieces = await findGarbage(context).finally(() => step.done());
      const garbage = pieces.map(({ kind, what, bytes }) => ({ kind, what, bytes }));
      if (options.dryRun) return { garbage, isRemoved: false, stays: [] };
      return { garbage, isRemoved: true, stays: await removeAll(pieces, context) };
    }),
  );
}

async function removeAll(
  pieces: readonly Piece[],
  context: SessionContext,
): Promise<GarbageReport['stays']> {
  const stays: { what: string; why: string }[] = [];
  if (pieces.length === 0) return stays;
  await endWaiting(context);
  const step = context.report.step('removing it');
  for (const piece of pieces) {
    step.update(piece.what);
    try {
      await piece.remove();
    } catch (thrown) {
      stays.push({ what: piece.what, why: CtError.from(thrown).message });
    }
  }
  step.done();
  return stays;
}

async function findGarbage(context: SessionContext): Promise<readonly Piece[]> {
  const engine = await context.engine();
  const isAnybodyAtWork = (await listSessions(context)).length > 0;
  const volume = await engine.volumes.inspect(PACKAGES_VOLUME);
  const isOurs = volume?.labels[LABEL.instance] === context.instance();
  return [
    ...(await findImages(engine, context)),
    ...(volume !== undefined ? findPackages(volume.path, isAnybodyAtWork, context) : []),
    ...(volume !== undefined && isOurs && !isAnybodyAtWork ? findAgents(volume.path) : []),
    ...findCaches(context),
  ];
}

/** Layers before the images below them, bases last. */
async function findImages(engine: Engine, context: SessionContext): Promise<readonly Piece[]> {
  const { images } = engine;
  const { reference, own } = resolveImage(context.config, context.paths);
  const isMade = ({ labels }: ImageInfo): boolean =>
    labels[LABEL.kind] === 'image' || labels[LABEL.kind] === LAYER_KIND;
  const mine = (await images.list([`${LABEL.instance}=${context.instance()}`])).filter(isMade);
  const isKept = (image: ImageInfo): boolean =>
    image.references.some((name) => name === reference || name === own.reference);
  const old = mine.filter((image) => !isKept(image));
  const basesKept = new Set(mine.filter(isKept).flatMap(({ labels }) => labels[BASE_LABEL] ?? []));
  const bases = new Set(old.flatMap(({ labels }) => labels[BASE_LABEL] ?? []));
  const replaced = oldBaseName(context.instance(), '');
  for (const name of (await images.list([])).flatMap(({ references }) => references)) {
    if (name.startsWith(replaced)) bases.add(name);
  }
  const rank = ({ labels }: ImageInfo): number => (labels[LABEL.kind] === LAYER_KIND ? 0 : 1);
  const piecesOfBases = [...bases]
    .filter((name) => isOwnBase(name) && !basesKept.has(name))
    .map(async (name) => ({ name, info: await images.inspect(name) }));
  return [
    ...old
      .sort((a, b) => rank(a) - rank(b))
      .flatMap((image) => namesOf(image).map((name) => imagePiece(name, image.sizeBytes, engine))),
    ...(await Promise.all(piecesOfBases)).flatMap(({ name, info }) =>
      info === undefined ? [] : [imagePiece(name, info.sizeBytes, engine)],
    ),
  ];
}

function imagePiece(name: string, bytes: number, { images }: Engine): Piece {
  return { kind: 'image', what: name, bytes, remove: () => images.remove(name) };
}

function findPackages(
  volume: string,
  isAnybodyAtWork: boolean,
  context: SessionContext,
): readonly Piece[] {
  const installed = readInstalled(context.paths.stateDir);
  const used = isAnybodyAtWork ? installed : { ...installed, previous: undefined };
  return unusedOf(used, `${volume}/${programsDir(context.instance())}`).map((path) =>
    treePiece('packages', path),
  );
}

/** Versions of agents other than the one that runs start. Source: templates/install-agent.sh */
function findAgents(volume: string): readonly Piece[] {
  return readdirSync(volume)
    .filter((name) => !name.startsWith('.') && isDirectory(`${volume}/${name}`))
    .flatMap((agent) => {
      const current = currentOf(`${volume}/${agent}`);
      if (current === undefined) return [];
      // One that is being installed just now has a name with a dot.
      return readdirSync(`${volume}/${agent}`)
        .filter((name) => name !== 'current' && name !== current && !name.startsWith('.'))
        .map((name) => treePiece('agent', `${volume}/${agent}/${name}`));
    });
}

function currentOf(dir: string): string | undefined {
  try {
    return readlinkSync(`${dir}/current`);
  } catch {
    return undefined;
  }
}

function findCaches({ paths }: SessionContext): readonly Piece[] {
  const piece = treePiece('cache', paths.cacheDir);
  return piece.bytes === 0 ? [] : [piece];
}

function treePiece(kind: Garbage['kind'], path: string): Piece {
  return { kind, what: path, bytes: treeBytes(path), remove: () => removeTree(path) };
}
