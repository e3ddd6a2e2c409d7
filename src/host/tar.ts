import { createReadStream, mkdirSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';

/** A tar of a few small files, as the context of an image build. */
export function packFiles(files: Readonly<Record<string, string | Buffer>>): Readable {
  const tar = pack();
  for (const [name, content] of Object.entries(files)) {
    tar.entry({ name, mode: 0o644, mtime: new Date(0) }, content);
  }
  tar.finalize();
  return Readable.from(tar, { objectMode: false });
}

/** What a tar file holds, judged by the names in it. */
export type TarKind = 'image' | 'rootfs' | 'unknown';

/**
 * Looks into a tar file, gzipped or not, as far as it takes to tell an image archive (OCI, docker)
 * from a root file system. Other compressions are `unknown`: the engine may know them.
 *
 * Source: image-spec image-layout.md; docker image specification v1.2 "manifest.json"
 */
export async function probeTar(path: string): Promise<TarKind> {
  const file = createReadStream(path);
  const entries = extract();
  const names = new Set<string>();
  const bytes = (await isGzip(path)) ? file.pipe(createGunzip()) : file;
  for (const stream of [file, bytes]) stream.on('error', (error: Error) => entries.destroy(error));
  bytes.pipe(entries);
  try {
    for await (const entry of entries) {
      const top = entry.header.name.replace(/^\.\//u, '').split('/')[0] ?? '';
      if (top === 'oci-layout' || top === 'manifest.json') return 'image';
      names.add(top);
      if (names.has('usr') && names.has('etc')) return 'rootfs';
      entry.resume();
    }
  } catch {
    return 'unknown';
  } finally {
    file.destroy();
  }
  return 'unknown';
}

async function isGzip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer } = await file.read(Buffer.alloc(2), 0, 2, 0);
    return buffer[0] === 0x1f && buffer[1] === 0x8b;
  } finally {
    await file.close();
  }
}

/** One entry of a tar stream, as {@link eachEntry} gives it. */
export interface TarEntry {
  /** Without `./` in front */
  readonly name: string;
  readonly type: string;
  /** `bytes` */
  readonly size: number;
  readonly body: Readable;
}

/**
 * Goes through a tar stream, gzipped or not, entry by entry; what `visit` does not read is skipped.
 *
 * Errors: failed_precondition when it is no tar archive
 */
export async function eachEntry(
  archive: Readable,
  visit: (entry: TarEntry) => Promise<void>,
): Promise<void> {
  const entries = extract();
  const bytes = await unzipped(archive);
  bytes.on('error', (error: Error) => entries.destroy(error));
  bytes.pipe(entries);
  let visiting = false;
  try {
    for await (const entry of entries) {
      const { name, type, size = 0 } = entry.header;
      visiting = true;
      const body = Readable.from(entry, { objectMode: false });
      await visit({ name: name.replace(/^\.\//u, ''), type: type ?? 'file', size, body });
      visiting = false;
      body.resume();
    }
  } catch (thrown) {
    archive.destroy();
    if (visiting) throw thrown;
    throw new CtError('failed_precondition', 'it is no tar archive, or a broken one', {
      cause: thrown,
    });
  }
}

const MAX_CONTEXT_BYTES = 256 * 1024 * 1024;

/**
 * Writes the files of a tar stream into a directory of ours: plain files in plain directories, nothing
 * outside of it.
 *
 * Errors: unsupported for any other kind of entry · failed_precondition
 */
export async function unpackFiles(archive: Readable, dir: string): Promise<void> {
  let left = MAX_CONTEXT_BYTES;
  await eachEntry(archive, async ({ name, type, size, body }) => {
    const parts = name.split('/').filter((part) => part !== '' && part !== '.');
    left -= size;
    if (parts.includes('..') || (type !== 'file' && type !== 'directory') || left < 0) {
      throw new CtError('unsupported', `${printable(name)} cannot be part of a build context`);
    }
    const path = [dir, ...parts].join('/');
    mkdirSync(type === 'file' ? dirname(path) : path, { recursive: true, mode: 0o755 });
    if (type !== 'file') return;
    const pieces: Buffer[] = [];
    for await (const piece of body) pieces.push(piece as Buffer);
    writeFileSync(path, Buffer.concat(pieces), { flag: 'wx', mode: 0o644 });
  });
}

/** Pieces of what was packed, `bytes`: each takes a turn through all that comes after */
const UNZIPPED_BYTES = 256 * 1024;

/** The bytes of a stream, unpacked if gzip(1) packed them. */
export async function unzipped(packed: Readable): Promise<Readable> {
  const first = await firstBytes(packed, 2);
  if (first[0] !== 0x1f || first[1] !== 0x8b) return packed;
  const unzip = createGunzip({ chunkSize: UNZIPPED_BYTES });
  packed.on('error', (error: Error) => unzip.destroy(error));
  return packed.pipe(unzip);
}

/** Looks at the beginning of a stream and puts it back. */
export async function firstBytes(stream: Readable, count: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  const size = (): number => pieces.reduce((sum, piece) => sum + piece.length, 0);
  while (size() < count && !stream.readableEnded) {
    const piece = stream.read() as Buffer | null;
    if (piece !== null) pieces.push(piece);
    else if (!(await readableOrEnd(stream))) break;
  }
  const all = Buffer.concat(pieces);
  if (all.length > 0) stream.unshift(all);
  return all.subarray(0, count);
}

function readableOrEnd(stream: Readable): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const settle = (more: boolean): void => {
      stream.off('readable', onReadable).off('end', onEnd).off('error', reject);
      resolve(more);
    };
    const onReadable = (): void => settle(true);
    const onEnd = (): void => settle(false);
    stream.once('readable', onReadable).once('end', onEnd).once('error', reject);
  });
}
