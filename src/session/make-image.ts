import { randomBytes } from 'node:crypto';
import { CtError, isCtError } from '../base/errors.ts';
import type { Report } from '../base/report.ts';
import { PATHS } from '../base/layout.ts';
import { renderOwner } from '../base/owner.ts';
import type { Engine, ImageInfo } from '../engine/engine.ts';
import { readBuilt } from '../host/assets.ts';
import { sweepBootstraps } from '../host/bootstrap.ts';
import { withLock, type Lock } from '../host/lock.ts';
import { LOCAL_STORAGE, networkFileSystemOf } from '../host/network-fs.ts';
import { packFiles } from '../host/tar.ts';
import { commandingAnnotations, namedKeys } from '../image/annotations.ts';
import { isOwnBase, type Base } from '../image/base.ts';
import { NPM } from '../image/npm.ts';
import { LABEL } from '../plan/labels.ts';
import { LENT } from '../plan/install.ts';
import type { SessionContext } from './context.ts';
import { archiveBase, type ResolvedImage } from './image.ts';
import { readImageState, rememberImageState } from './image-state.ts';
import { openLongLog, runStep, withHint, type LongLog } from './long-log.ts';
import { aptFiles, obtainBase } from './obtain-base.ts';

/** The base that an image was built on, so that it can go together with the image. */
export const BASE_LABEL = 'ct.base';

/** What the steps of one build share. */
export interface BuildTools {
  readonly context: SessionContext;
  readonly engine: Engine;
  readonly report: Report;
  readonly log: LongLog;
  readonly signal: AbortSignal | undefined;
  /** Bases that are there are made again */
  readonly fresh?: boolean;
}

/** The lock under which images are made and removed. */
export function imageLock({ paths }: SessionContext): Lock {
  return { dir: paths.stateDir, name: 'image' };
}

/** Builds the image under the installation's lock, unless it appeared while waiting for it. */
export async function makeImage(
  resolved: ResolvedImage,
  context: SessionContext,
  options: {
    readonly signal: AbortSignal | undefined;
    readonly rebuild: boolean;
    /** Make the base again too */
    readonly fresh?: boolean;
    readonly isThere: () => Promise<boolean>;
  },
): Promise<void> {
  const { config, paths, report } = context;
  const { signal } = options;
  const engine = await context.engine();
  let waited = false;
  const onWait = (): void => {
    waited = true;
    report.note('another ct is making the image: waiting for it');
  };
  await withLock(imageLock(context), { ...(signal && { signal }), onWait }, async () => {
    if ((waited || !options.rebuild) && (await options.isThere())) return;
    await refuseNetworkStore(engine);
    const log = openLongLog({
      stateDir: paths.stateDir,
      operation: 'image',
      retentionDays: config.logs.retention_days,
      now: new Date(),
    });
    try {
      await sweepBootstraps(context.instance(), context.env);
      const fresh = options.fresh === true;
      await makeFromAny(resolved, { context, engine, report, log, signal, fresh });
    } finally {
      log.close();
    }
  });
}

/** Podman 5 builds an image there, and fails with every container whose ids are mapped, as those of ct are. */
async function refuseNetworkStore(engine: Engine): Promise<void> {
  const { graphRoot } = await engine.info();
  const network = networkFileSystemOf(graphRoot);
  if (network === undefined) return;
  const what = `the engine stores containers on ${network} (${graphRoot}), where none can be set up`;
  throw new CtError('failed_precondition', what, { hint: LOCAL_STORAGE });
}

/** Tries the bases in turn; the first that leads to an image wins. */
async function makeFromAny(resolved: ResolvedImage, tools: BuildTools): Promise<void> {
  const { stateDir } = tools.context.paths;
  const failures: { readonly base: Base; readonly error: CtError }[] = [];
  for (const base of candidates(resolved, tools.context)) {
    try {
      await makeFrom(base, resolved, tools);
      if (resolved.recipe.base.kind === 'auto') rememberImageState(stateDir, { auto: base.kind });
      return;
    } catch (thrown) {
      tools.signal?.throwIfAborted();
      const error = CtError.from(thrown);
      // A full disk is as full for the next base.
      if (isCtError(error, 'canceled', 'resource_exhausted', 'internal')) throw error;
      failures.push({ base, error });
    }
  }
  throw allFailed(failures);
}

/** `auto` begins with what worked the last time. */
function candidates(resolved: ResolvedImage, context: SessionContext): readonly Base[] {
  const wish = resolved.recipe.base;
  if (wish.kind !== 'auto') return [wish];
  const { stateDir } = context.paths;
  const last: Base[] =
    wish.archiveStamp === undefined ? [] : [archiveBase(context.config.image.archive, stateDir)];
  const all = [...wish.of, ...last];
  const { auto } = readImageState(stateDir);
  return [...all.filter(({ kind }) => kind === auto), ...all.filter(({ kind }) => kind !== auto)];
}

/** One error out of one or several: each source's reason and remedy are kept. */
export function allFailed(
  failures: readonly { readonly base: Base; readonly error: CtError }[],
): CtError {
  const [first] = failures;
  if (first === undefined) return new CtError('internal', 'no base image was tried');
  if (failures.length === 1) return withHint(first.error, remedy(first.base));
  const reasons = failures.map(({ base, error }) => `${base.kind}: ${error.message}`);
  const hints = failures.flatMap(({ base, error }) =>
    (error.hint ?? '').split('\n').map((line) => `${base.kind}: ${line}`),
  );
  return new CtError('unavailable', `no base image could be had; ${reasons.join('; ')}`, {
    hint: [
      ...new Set(hints),
      'or set [image] source = "archive" and archive = "/path/to/image.tar"',
    ].join('\n'),
    details: { tried: failures.map(({ base }) => base.kind) },
    cause: first.error,
  });
}

function remedy(base: Base): string {
  return base.kind === 'registry'
    ? 'without a registry: set [image] source = "bootstrap" (Debian packages) or "archive" (a file)'
    : 'other ways: [image] source = "registry", "bootstrap" or "archive"';
}

/**
 * Base → build → prepare → name. The image gets its real name last: a process killed on the way
 * leaves one under a name that no run looks for, and the next build replaces it.
 */
async function makeFrom(base: Base, resolved: ResolvedImage, tools: BuildTools): Promise<void> {
  const { engine, signal, context } = tools;
  const { images } = engine;
  const below = await obtainBase(base, tools);
  await refuseTrickyBase(below, tools);
  const building = `localhost/ct/agent:building-${context.instance()}-${randomBytes(3).toString('hex')}`;
  const { recipe, own } = resolved;
  try {
    // A base that ct made has every package: nothing of the host is needed, and nothing is lent.
    const lent = base.kind === 'bootstrap' ? {} : await aptFiles(tools, LENT);
    await runStep('building the image', tools, (onProgress) =>
      images.build(
        {
          context: packFiles({ ...recipe.files, ...lent, [NPM.archive]: readBuilt(NPM.archive) }),
          containerfile: 'Containerfile',
          reference: building,
          labels: imageLabels(context, own.digest, below),
          args: { BASE: below, PACKAGES: recipe.packages.join(' ') },
        },
        { onProgress, ...(signal && { signal }) },
      ),
    );
    await prepareImage(building, tools);
    await images.tag(building, own.reference);
  } finally {
    await images.remove(building).catch((error: unknown) => tools.log.line(String(error)));
  }
  await removeOldImages(own.reference, tools);
}

/** Pays what the first container of an image would pay. */
export async function prepareImage(reference: string, tools: BuildTools): Promise<void> {
  const { context, engine, signal } = tools;
  const labels = {
    [LABEL.instance]: context.instance(),
    [LABEL.kind]: 'prepare',
    [LABEL.owner]: renderOwner(context.owner),
  };
  await runStep('preparing the image for your account', tools, (onProgress) =>
    engine.images.prepare(
      reference,
      { kind: 'keep-id', uid: PATHS.uid, gid: PATHS.gid },
      { onProgress, labels, ...(signal && { signal }) },
    ),
  );
}

/**
 * Directories that the runtime makes things in before anything is walled in: where one of them is a link,
 * runc 1.1.5 makes them on the host instead (measured with `/dev`).
 *
 * Source: CVE-2026-41579, CVE-2026-47766, CVE-2021-30465
 */
const MADE_BY_RUNTIME = ['/dev', '/proc', '/sys', '/run', '/tmp', '/etc', '/home'];

/**
 * Errors: permission_denied for a base with a link, or nothing, where the runtime makes something, or with
 * annotations that could order the runtime about; nothing of it has run by then
 */
async function refuseTrickyBase(base: string, tools: BuildTools): Promise<void> {
  const trick = (await ordersOf(base, tools)) ?? (await linksOf(base, tools));
  if (trick === undefined) return;
  // A store is no place for what was refused; what keeps it there is said only in the log.
  if (isOwnBase(base)) {
    const { images } = tools.engine;
    await images.remove(base).catch((error: unknown) => tools.log.line(String(error)));
  }
  throw new CtError('permission_denied', trick.message, { hint: trick.hint });
}

/** What speaks against a base, and what to do. */
interface Trick {
  readonly message: string;
  readonly hint: string;
}

async function ordersOf(base: string, { engine }: BuildTools): Promise<Trick | undefined> {
  const image = await engine.images.inspect(base);
  if (image === undefined) throw new CtError('not_found', `there is no image ${base}`);
  const keys = commandingAnnotations(image.annotations);
  if (keys.length === 0) return undefined;
  return {
    message: `the base image has annotations that a container runtime could obey: ${namedKeys(keys)}`,
    hint: 'use a base image that you trust, or make it again without these annotations',
  };
}

async function linksOf(base: string, { context, engine }: BuildTools): Promise<Trick | undefined> {
  const found = await engine.images.directoriesAmong(base, MADE_BY_RUNTIME, {
    [LABEL.instance]: context.instance(),
    [LABEL.kind]: 'prepare',
    [LABEL.owner]: renderOwner(context.owner),
  });
  const missing = MADE_BY_RUNTIME.filter((path) => !found.includes(path));
  if (missing.length === 0) return undefined;
  return {
    message: `these are no directories in the base image: ${missing.join(', ')}`,
    hint: 'a link there can lead out of a container: use a base image that you trust',
  };
}

function imageLabels(
  context: SessionContext,
  digest: string,
  base: string,
): Readonly<Record<string, string>> {
  return {
    [LABEL.instance]: context.instance(),
    [LABEL.kind]: 'image',
    [LABEL.recipe]: digest,
    [LABEL.version]: context.ctVersion,
    [BASE_LABEL]: base,
  };
}

/** Removes this installation's other images and their bases; one that a session uses stays. */
async function removeOldImages(reference: string, tools: BuildTools): Promise<void> {
  const { images } = tools.engine;
  // One label only: Podman 4.3 finds nothing when it is asked for two.
  const mine = (await images.list([`${LABEL.instance}=${tools.context.instance()}`])).filter(
    ({ labels }) => labels[LABEL.kind] === 'image',
  );
  const current = mine.find(({ references }) => references.includes(reference));
  const keptBase = current?.labels[BASE_LABEL];
  const old = mine.filter((image) => image !== current);
  if (old.length === 0) return;
  const bases = new Set(old.flatMap(({ labels }) => labels[BASE_LABEL] ?? []).filter(isOwnBase));
  if (keptBase !== undefined) bases.delete(keptBase);
  await runStep('removing the previous image', tools, async () => {
    for (const name of [...old.flatMap(namesOf), ...bases]) await removeQuietly(name, tools);
  });
}

/** What an image is removed by. */
export function namesOf(image: ImageInfo): readonly string[] {
  return image.references.length > 0 ? image.references : [image.id];
}

async function removeQuietly(name: string, { engine, log }: BuildTools): Promise<void> {
  try {
    await engine.images.remove(name);
    log.line(`removed ${name}`);
  } catch (thrown) {
    log.line(`${name} stays: ${CtError.from(thrown).message}`);
  }
}
