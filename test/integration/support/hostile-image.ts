import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { pack } from 'tar-stream';
import type { Engine } from '../../../src/engine/engine.ts';

/** What a hostile image says about itself, in the words of the image specification. */
export interface ImageConfig {
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly User?: string;
  readonly Volumes?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
  readonly Healthcheck?: { readonly Test: readonly string[]; readonly Interval?: number };
  readonly StopSignal?: string;
}

/** What lies in it: text files, links (`-> target`), FIFOs, and big files of zeroes. */
export type ImageFile =
  | { readonly name: string; readonly link: string }
  | { readonly name: string; readonly text: string | Buffer; readonly mode?: number }
  | { readonly name: string; readonly fifo: true };

/** Path of the only program in it: it waits for ever. */
export const HOLD = '/hold';

/** Loads {@link hostileArchive} into the engine. */
export async function loadHostileImage(
  engine: Engine,
  reference: string,
  files: readonly ImageFile[],
  config: ImageConfig = {},
): Promise<void> {
  const archive = await hostileArchive(reference, files, config);
  await engine.images.load(Readable.from([archive]), {});
}

/**
 * An image that is made by hand, since no builder makes such things: a docker archive of one
 * layer. The program in it is thirty bytes for x86-64 that call pause(2).
 *
 * Source: image-spec config.md, docker-archive; ELF-64
 */
export async function hostileArchive(
  reference: string,
  files: readonly ImageFile[],
  config: ImageConfig = {},
): Promise<Buffer> {
  const layer = await layerOf(files);
  const text = configText(layer, config);
  const name = `${sha256(text)}.json`;
  return tarOf([
    { name, text },
    { name: 'layer.tar', text: layer },
    {
      name: 'manifest.json',
      text: JSON.stringify([{ Config: name, RepoTags: [reference], Layers: ['layer.tar'] }]),
    },
  ]);
}

const IMAGE_TYPE = 'application/vnd.oci.image';

/**
 * The same as an OCI archive, whose manifest has annotations.
 *
 * Source: image-spec image-layout.md, manifest.md
 */
export async function annotatedArchive(
  reference: string,
  files: readonly ImageFile[],
  annotations: Readonly<Record<string, string>>,
): Promise<Buffer> {
  const layer = await layerOf(files);
  const config = configText(layer, {});
  const manifest = JSON.stringify({
    schemaVersion: 2,
    mediaType: `${IMAGE_TYPE}.manifest.v1+json`,
    config: descriptor(`${IMAGE_TYPE}.config.v1+json`, config),
    layers: [descriptor(`${IMAGE_TYPE}.layer.v1.tar`, layer)],
    annotations,
  });
  const named = { annotations: { 'org.opencontainers.image.ref.name': reference } };
  const index = {
    schemaVersion: 2,
    manifests: [{ ...descriptor(`${IMAGE_TYPE}.manifest.v1+json`, manifest), ...named }],
  };
  return tarOf([
    { name: 'oci-layout', text: '{"imageLayoutVersion":"1.0.0"}' },
    { name: 'index.json', text: JSON.stringify(index) },
    ...[layer, config, manifest].map((text) => ({ name: `blobs/sha256/${sha256(text)}`, text })),
  ]);
}

function descriptor(mediaType: string, content: string | Buffer) {
  return { mediaType, digest: `sha256:${sha256(content)}`, size: Buffer.byteLength(content) };
}

function layerOf(files: readonly ImageFile[]): Promise<Buffer> {
  return tarOf([{ name: HOLD.slice(1), text: holdProgram(), mode: 0o755 }, ...files]);
}

function configText(layer: Buffer, config: ImageConfig): string {
  return JSON.stringify({
    architecture: 'amd64',
    os: 'linux',
    created: '2026-01-01T00:00:00Z',
    config,
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(layer)}`] },
    history: [{ created: '2026-01-01T00:00:00Z' }],
  });
}

async function tarOf(files: readonly ImageFile[]): Promise<Buffer> {
  const tar = pack();
  const chunks: Buffer[] = [];
  tar.on('data', (chunk) => chunks.push(chunk as Buffer));
  const done = new Promise<void>((resolve) => tar.once('end', resolve));
  for (const file of files) {
    if ('link' in file) tar.entry({ name: file.name, type: 'symlink', linkname: file.link });
    else if ('fifo' in file) tar.entry({ name: file.name, type: 'fifo' });
    else tar.entry({ name: file.name, mode: file.mode ?? 0o644 }, file.text);
  }
  tar.finalize();
  await done;
  return Buffer.concat(chunks);
}

/** An ELF file whose whole code is: again: pause(); goto again. */
function holdProgram(): Buffer {
  const code = Buffer.from('b8220000000f05ebf7', 'hex');
  const head = Buffer.alloc(120);
  head.write('\x7fELF\x02\x01\x01', 0, 'latin1');
  head.writeUInt16LE(2, 16);
  head.writeUInt16LE(62, 18);
  head.writeUInt32LE(1, 20);
  head.writeBigUInt64LE(0x400078n, 24);
  head.writeBigUInt64LE(64n, 32);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(1, 56);
  head.writeUInt16LE(64, 58);
  head.writeUInt32LE(1, 64);
  head.writeUInt32LE(5, 68);
  head.writeBigUInt64LE(0x400000n, 80);
  head.writeBigUInt64LE(0x400000n, 88);
  head.writeBigUInt64LE(BigInt(120 + code.length), 96);
  head.writeBigUInt64LE(BigInt(120 + code.length), 104);
  head.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([head, code]);
}

function sha256(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
