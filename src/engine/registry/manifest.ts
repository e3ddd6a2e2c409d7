import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { brokenImage, registryError } from './failures.ts';
import { isSha256 } from './reference.ts';
import { listOf, objectOf } from './json.ts';

/** A thing in a registry, by what it is. Source: image-spec descriptor.md */
export interface Descriptor {
  readonly mediaType: string;
  /** `sha256:…` */
  readonly digest: string;
  /** `bytes` */
  readonly size: number;
}

/** What a program runs on, in the words of Go. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

/** An index, or the manifest of one image. */
export type RegistryDocument =
  | { readonly kind: 'index'; readonly images: readonly (Descriptor & { platform: Platform })[] }
  | { readonly kind: 'image'; readonly config: Descriptor; readonly layers: readonly Descriptor[] };

const OCI = 'application/vnd.oci.image';
const DOCKER = 'application/vnd.docker';
const INDEXES = [`${OCI}.index.v1+json`, `${DOCKER}.distribution.manifest.list.v2+json`];
const MANIFESTS = [`${OCI}.manifest.v1+json`, `${DOCKER}.distribution.manifest.v2+json`];
const CONFIGS = [`${OCI}.config.v1+json`, `${DOCKER}.container.image.v1+json`];
const LAYERS = [
  ...[`${OCI}.layer.v1.tar`, `${OCI}.layer.v1.tar+gzip`],
  ...[`${DOCKER}.image.rootfs.diff.tar`, `${DOCKER}.image.rootfs.diff.tar.gzip`],
];

/** Value of `Accept` for a manifest. */
export const ACCEPT = [...MANIFESTS, ...INDEXES].join(', ');

/** More than an overlay can be made of. */
const MAX_LAYERS = 127;

/**
 * Reads a manifest or an index. Its type must be the same in the header and in the text, and it must not
 * be both at once: whoever took it for the other would run another image under the same digest.
 *
 * Errors: failed_precondition · unsupported for kinds that this client does not know
 * Source: image-spec manifest.md, image-index.md; CVE-2021-41190
 */
export function readDocument(
  registry: string,
  bytes: Buffer,
  contentType: string | undefined,
): RegistryDocument {
  const text = parseJson(registry, bytes);
  const header = (contentType ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const own = text['mediaType'];
  const type = typeof own === 'string' ? own : header;
  if (typeof own === 'string' && header.startsWith('application/vnd.') && own !== header) {
    throw brokenImage(registry, 'a manifest that says to be of two types');
  }
  const isIndex = 'manifests' in text;
  if (isIndex && ('layers' in text || 'config' in text)) {
    throw brokenImage(registry, 'a manifest that is an index too');
  }
  if (![...INDEXES, ...MANIFESTS].includes(type)) throw unknownType(registry, 'manifest', type);
  if (INDEXES.includes(type) !== isIndex) throw brokenImage(registry, `no ${printable(type)}`);
  return isIndex ? readIndex(registry, text) : readManifest(registry, text);
}

function readIndex(registry: string, text: Readonly<Record<string, unknown>>): RegistryDocument {
  const images = listOf(text['manifests']).flatMap((entry) => {
    const { os, architecture } = objectOf(entry['platform']);
    const descriptor = [...MANIFESTS, ...INDEXES].includes(String(entry['mediaType']))
      ? [readDescriptor(registry, entry)]
      : [];
    const platform = { os: String(os), architecture: String(architecture) };
    return descriptor.map((found) => ({ ...found, platform }));
  });
  return { kind: 'index', images };
}

function readManifest(registry: string, text: Readonly<Record<string, unknown>>): RegistryDocument {
  const config = readDescriptor(registry, objectOf(text['config']));
  if (!CONFIGS.includes(config.mediaType)) {
    throw unknownType(registry, 'configuration', config.mediaType);
  }
  const layers = listOf(text['layers']).map((layer) => readLayer(registry, layer));
  if (layers.length > MAX_LAYERS) {
    const message = `an image of ${layers.length} layers, and ${MAX_LAYERS} can be mounted`;
    throw registryError(registry, { code: 'unsupported' }, message);
  }
  return { kind: 'image', config, layers };
}

function readLayer(registry: string, layer: Readonly<Record<string, unknown>>): Descriptor {
  const type = String(layer['mediaType']);
  if (/zstd/u.test(type)) throw zstdLayer();
  if (!LAYERS.includes(type)) throw unknownType(registry, 'layer', type);
  return readDescriptor(registry, layer);
}

/** What Node 20 cannot unpack. */
export function zstdLayer(): CtError {
  return new CtError('unsupported', 'a layer of the image is packed with zstd', {
    hint: 'pack it with gzip: skopeo copy --dest-compress-format gzip, or podman save',
  });
}

function readDescriptor(
  registry: string,
  { mediaType, digest, size }: Readonly<Record<string, unknown>>,
): Descriptor {
  if (typeof mediaType === 'string' && isSha256(digest) && Number.isSafeInteger(size)) {
    if (Number(size) >= 0) return { mediaType, digest, size: Number(size) };
  }
  throw brokenImage(registry, 'a manifest without digest (sha256) and size of what belongs to it');
}

function unknownType(registry: string, what: string, type: string): CtError {
  const shown = printable(type.slice(0, 100));
  const message = `the ${what} is of a type that ct cannot read: ${shown}`;
  return registryError(registry, { code: 'unsupported' }, message);
}

/**
 * The image of an index that runs here.
 *
 * Errors: failed_precondition when there is none, with those that there are
 */
export function chooseImage(
  registry: string,
  index: Extract<RegistryDocument, { kind: 'index' }>,
  wish: Platform,
): Descriptor {
  const found = index.images.find(({ platform }) => isSame(platform, wish));
  if (found !== undefined) return found;
  const there = index.images.map(({ platform }) => `${platform.os}/${platform.architecture}`);
  const list = printable([...new Set(there)].slice(0, 20).join(', '));
  const message = `there is no image for ${wish.os}/${wish.architecture}, but for: ${list}`;
  throw registryError(registry, { code: 'failed_precondition' }, message);
}

/** Whether two platforms are one. */
export function isSame(a: Platform, b: Platform): boolean {
  return a.os === b.os && a.architecture === b.architecture;
}

/** What this host runs, in Go's words. */
export function platformOf(architecture: NodeJS.Architecture): Platform {
  const names: Partial<Record<NodeJS.Architecture, string>> = { x64: 'amd64', ia32: '386' };
  return { os: 'linux', architecture: names[architecture] ?? architecture };
}

/** JSON from a registry. Errors: failed_precondition */
export function parseJson(registry: string, bytes: Buffer): Readonly<Record<string, unknown>> {
  try {
    return objectOf(JSON.parse(bytes.toString('utf8')));
  } catch {
    throw brokenImage(registry, 'no JSON where there must be some');
  }
}
