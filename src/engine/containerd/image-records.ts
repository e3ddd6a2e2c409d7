import { CtError, isCtError } from '../../base/errors.ts';
import type { Image } from '../../gen/images.ts';
import type { SandboxSpec } from '../../sandbox/spec.ts';
import type { ImageInfo, Labels } from '../engine.ts';
import { settingsIn } from '../registry/image-config.ts';
import type { Backend } from './backend.ts';
import { readJson, writeJson } from './content.ts';
import { ignoreGone } from './containers.ts';
import { Images } from './services.ts';

/** Labels of an image's record. */
const LABEL = {
  /** Digest of the configuration, which is the image's id */
  config: 'ct-engine.config',
  /** The topmost unpacked layer */
  chain: 'ct-engine.chain',
  /** Ids whose places the owners on disk are shifted to: `uid:gid` */
  owner: 'ct-engine.owner',
  /** `bytes`, unpacked */
  size: 'ct-engine.size',
} as const;

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** An image's own configuration, as far as it is read. Source: image-spec config.md */
export interface ImageConfig {
  readonly architecture?: string;
  readonly os?: string;
  readonly created?: string;
  readonly config?: {
    readonly Env?: readonly string[] | null;
    readonly Labels?: Labels | null;
  };
  readonly rootfs?: { readonly type?: string; readonly diff_ids?: readonly string[] };
}

/** What a container is made from. */
export interface UsableImage {
  readonly id: string;
  /** Name of the snapshot that is its root */
  readonly chain: string;
}

/**
 * The image for a container.
 *
 * Errors: not_found · unsupported when it was unpacked for other ids
 */
export async function requireImage(
  backend: Backend,
  reference: string,
  userns: SandboxSpec['userns'],
): Promise<UsableImage> {
  const image = await getImage(backend, reference);
  if (image === undefined) {
    throw new CtError('not_found', `there is no image ${reference}`, {
      details: { missing: 'image' },
    });
  }
  const { [LABEL.chain]: chain, [LABEL.owner]: owner } = image.labels;
  if (chain === undefined || owner !== ownerOf(userns)) {
    throw new CtError('unsupported', `the image ${reference} was not unpacked for these ids`, {
      hint: "make it again: 'ct sys init --rebuild'",
    });
  }
  return { id: idOf(image), chain };
}

/** Ids as the label has them. */
export function ownerOf({ uid, gid }: { readonly uid: number; readonly gid: number }): string {
  return `${uid}:${gid}`;
}

async function getImage({ transport }: Backend, name: string): Promise<Image | undefined> {
  const call = { doing: `look for the image ${name}` };
  const answer = await transport.unary(Images.get, { name }, call).catch(ignoreGone);
  return answer?.image;
}

/** Everything about one image; `undefined` when there is none. */
export async function inspectImage(
  backend: Backend,
  reference: string,
): Promise<ImageInfo | undefined> {
  const image = await getImage(backend, reference);
  return image && describe(backend, image, [reference]);
}

/** Images with all of `labels`; several names of one image are one row. */
export async function listImages(
  backend: Backend,
  labels: readonly string[],
): Promise<readonly ImageInfo[]> {
  const { images } = await backend.transport.unary(Images.list, {}, { doing: 'list images' });
  // What another program put into our namespace has no configuration that could be read.
  const byId = groupById(images.filter(({ labels }) => LABEL.config in labels));
  const rows = [...byId.values()].flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    return [
      describe(
        backend,
        first,
        [first, ...others].map(({ name }) => name),
      ),
    ];
  });
  return (await Promise.all(rows)).filter((row) => hasLabels(row.labels, labels));
}

function groupById(images: readonly Image[]): ReadonlyMap<string, readonly Image[]> {
  const groups = new Map<string, Image[]>();
  for (const image of images) groups.set(idOf(image), [...(groups.get(idOf(image)) ?? []), image]);
  return groups;
}

function hasLabels(labels: Labels, asked: readonly string[]): boolean {
  return asked.every((text) => {
    const at = text.indexOf('=');
    const key = at < 0 ? text : text.slice(0, at);
    return key in labels && (at < 0 || labels[key] === text.slice(at + 1));
  });
}

async function describe(
  backend: Backend,
  image: Image,
  references: readonly string[],
): Promise<ImageInfo> {
  const { env, labels } = settingsIn(await readConfig(backend, image).catch(ignoreBroken));
  return {
    id: idOf(image),
    references,
    labels,
    sizeBytes: Number(image.labels[LABEL.size] ?? 0),
    createdMs: Number(image.createdAt?.seconds ?? 0n) * 1000,
    env,
    // The runtime's configuration is written here: nothing of an image gets into it.
    annotations: {},
  };
}

/** The configuration of an image that is there. */
export async function configOf(backend: Backend, reference: string): Promise<ImageConfig> {
  const image = await getImage(backend, reference);
  return image === undefined ? {} : ((await readConfig(backend, image)) as ImageConfig);
}

function readConfig({ transport }: Backend, { labels }: Image): Promise<unknown> {
  return readJson(transport, labels[LABEL.config] ?? '');
}

/** One image that is damaged, or was removed meanwhile, must not hide the others. */
function ignoreBroken(thrown: unknown): undefined {
  const isBroken = isCtError(thrown, 'not_found', 'invalid_argument');
  if (!isBroken && !(thrown instanceof SyntaxError)) throw thrown;
}

function idOf(image: Image): string {
  return (image.labels[LABEL.config] ?? '').replace(/^sha256:/u, '');
}

/** An image to write down; its layers are unpacked. */
export interface NewImage {
  readonly reference: string;
  readonly config: ImageConfig;
  readonly chain: string;
  readonly owner: string;
  readonly sizeBytes: number;
}

/**
 * Names an image; resolves to its id. The labels lead the garbage collector from the name to the
 * manifest, the configuration and the unpacked layers. The packed ones are not kept: nothing here reads
 * them again, and they would take the same space once more.
 */
export async function writeImage(
  { transport, place }: Backend,
  image: NewImage,
  lease: string,
): Promise<string> {
  const call = { doing: `name the image ${image.reference}`, lease };
  const config = await writeJson(transport, image.config, {
    labels: { [`containerd.io/gc.ref.snapshot.${place.snapshotter}`]: image.chain },
    call,
  });
  const manifest = await writeJson(
    transport,
    {
      schemaVersion: 2,
      mediaType: MANIFEST_TYPE,
      config: { mediaType: CONFIG_TYPE, digest: config.digest, size: config.size },
      layers: [],
    },
    { labels: { 'containerd.io/gc.ref.content.config': config.digest }, call },
  );
  const { digest, size } = manifest;
  await putImage(
    { transport },
    {
      name: image.reference,
      target: { mediaType: MANIFEST_TYPE, digest, size: BigInt(size) },
      labels: {
        [LABEL.config]: config.digest,
        [LABEL.chain]: image.chain,
        [LABEL.owner]: image.owner,
        [LABEL.size]: String(image.sizeBytes),
      },
    },
  );
  return config.digest.replace(/^sha256:/u, '');
}

type ImageRecord = Pick<Image, 'name' | 'labels'> & {
  readonly target: { mediaType: string; digest: string; size: bigint };
};

async function putImage(
  { transport }: Pick<Backend, 'transport'>,
  image: ImageRecord,
): Promise<void> {
  const call = { doing: `name the image ${image.name}` };
  try {
    await transport.unary(Images.create, { image }, call);
  } catch (thrown) {
    if (!isCtError(thrown, 'already_exists')) throw thrown;
    await transport.unary(Images.update, { image }, call);
  }
}

/** A second name. Errors: not_found */
export async function tagImage(backend: Backend, from: string, to: string): Promise<void> {
  const image = await getImage(backend, from);
  if (image?.target === undefined) {
    throw new CtError('not_found', `there is no image ${from}`, { details: { missing: 'image' } });
  }
  const { mediaType, digest, size } = image.target;
  await putImage(backend, {
    name: to,
    labels: image.labels,
    target: { mediaType, digest, size },
  });
}

/** Takes a name away; what nothing names any more is collected. No error when it is gone. */
export async function untagImage({ transport }: Backend, name: string): Promise<void> {
  const call = { doing: `remove the image ${name}`, deadlineMs: 120_000 };
  await transport.unary(Images.delete, { name, sync: true }, call).catch(ignoreGone);
}
