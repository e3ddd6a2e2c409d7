import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { isCtError } from '../../base/errors.ts';
import type { Account } from './account.ts';
import { blobStream } from './blob.ts';
import { RegistryClient } from './client.ts';
import { brokenImage, registryError } from './failures.ts';
import {
  ACCEPT,
  chooseImage,
  isSame,
  parseJson,
  platformOf,
  readDocument,
  type Descriptor,
  type RegistryDocument,
} from './manifest.ts';
import { isImageConfig } from './image-config.ts';
import { placesOf, type Place } from './places.ts';
import { checkPolicy } from './policy.ts';
import { isSha256, parseReference, type Reference } from './reference.ts';
import { readWhole } from './wire.ts';

const MAX_MANIFEST_BYTES = 4 * 1024 * 1024;

/** An image for this host in a registry: its configuration is here, its layers can be fetched. */
export interface RemoteImage {
  /** As in the registry. Source: image-spec config.md */
  readonly config: Readonly<Record<string, unknown>>;
  readonly layers: readonly RemoteLayer[];
  close(): void;
}

/** A layer as the registry has it. */
export interface RemoteLayer extends Descriptor {
  /** Digest of the layer when it is unpacked */
  readonly diffId: string;
  /** Verified bytes, packed: see {@link blobStream} */
  fetch(onBytes?: (count: number) => void): Readable;
}

/**
 * Finds an image for this host: by the user's policy, at the places that he has for it, with his logins.
 *
 * Errors: not_found · unauthenticated · unavailable · permission_denied · unsupported ·
 * failed_precondition for what is not what it says to be
 */
export async function openRemoteImage(
  text: string,
  account: Account,
  signal: AbortSignal | undefined,
): Promise<RemoteImage> {
  const reference = parseReference(text);
  checkPolicy(reference, account);
  const places = placesOf(reference, account);
  for (const [index, place] of places.entries()) {
    try {
      return await openAt(place, reference, account, signal);
    } catch (thrown) {
      // A mirror may be away or behind; the last place has the last word.
      const isLast = index === places.length - 1;
      if (isLast || !isCtError(thrown, 'not_found', 'unavailable', 'unauthenticated')) throw thrown;
      signal?.throwIfAborted();
    }
  }
  throw new Error('no place to ask');
}

async function openAt(
  place: Place,
  { version }: Reference,
  account: Account,
  signal: AbortSignal | undefined,
): Promise<RemoteImage> {
  const client = new RegistryClient(place, account, signal);
  try {
    await client.settle();
    const image = await findImage(client, 'tag' in version ? version.tag : version.digest);
    const config = await readConfig(client, image.config, signal);
    const layers = withDiffIds(client.host, image.layers, config).map((layer) => ({
      ...layer,
      fetch: (onBytes?: (count: number) => void) =>
        blobStream(client, layer, { signal, ...(onBytes && { onBytes }) }),
    }));
    return { config, layers, close: () => client.close() };
  } catch (thrown) {
    client.close();
    throw thrown;
  }
}

/** The manifest for this host, by way of an index if there is one. */
async function findImage(
  client: RegistryClient,
  version: string,
): Promise<Extract<RegistryDocument, { kind: 'image' }>> {
  const first = await fetchDocument(client, version);
  if (first.kind === 'image') return first;
  const chosen = chooseImage(client.host, first, platformOf(process.arch));
  const second = await fetchDocument(client, chosen.digest, chosen.size);
  if (second.kind === 'image') return second;
  throw brokenImage(client.host, 'an index in an index');
}

/** Reads a manifest; by digest, it must be the one. */
async function fetchDocument(
  client: RegistryClient,
  version: string,
  size?: number,
): Promise<RegistryDocument> {
  const answer = await client.get(`manifests/${version}`, { accept: ACCEPT });
  const bytes = await readWhole(answer, MAX_MANIFEST_BYTES, client.host);
  const { 'content-type': type, 'docker-content-digest': named } = answer.headers;
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const expected = isSha256(version) ? version : isSha256(named) ? named : digest;
  if (digest !== expected || (size !== undefined && size !== bytes.length)) {
    throw brokenImage(client.host, 'the digest of the manifest is another one');
  }
  return readDocument(client.host, bytes, type);
}

async function readConfig(
  client: RegistryClient,
  blob: Descriptor,
  signal: AbortSignal | undefined,
): Promise<Readonly<Record<string, unknown>>> {
  if (blob.size > MAX_MANIFEST_BYTES) {
    throw brokenImage(client.host, `a configuration of ${blob.size} bytes`);
  }
  const pieces: Buffer[] = [];
  for await (const piece of blobStream(client, blob, { signal })) pieces.push(piece as Buffer);
  const config = parseJson(client.host, Buffer.concat(pieces));
  if (!isImageConfig(config)) throw brokenImage(client.host, 'a configuration that is none');
  const platform = { os: String(config['os']), architecture: String(config['architecture']) };
  const wish = platformOf(process.arch);
  if (!isSame(platform, wish)) {
    // A reference without an index may still lead to another machine's image.
    const index = { kind: 'index', images: [{ ...blob, platform }] } as const;
    chooseImage(client.host, index, wish);
  }
  return config;
}

/** The configuration says what each layer is when it is unpacked. */
function withDiffIds(
  registry: string,
  layers: readonly Descriptor[],
  config: Readonly<Record<string, unknown>>,
): readonly (Descriptor & { readonly diffId: string })[] {
  const { diff_ids: ids } = (config['rootfs'] ?? {}) as { readonly diff_ids?: unknown };
  const list: readonly unknown[] = Array.isArray(ids) ? ids : [];
  if (list.length !== layers.length || layers.length === 0) {
    const text = `the image has ${layers.length} layers, and its configuration ${list.length}`;
    throw registryError(registry, { code: 'failed_precondition' }, text);
  }
  return layers.map((layer, index) => {
    const diffId = list[index];
    if (!isSha256(diffId)) throw brokenImage(registry, 'a layer without a digest (sha256)');
    return { ...layer, diffId };
  });
}
