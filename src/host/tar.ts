import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { extract, pack } from 'tar-stream';

/** A tar of a few small text files, as the context of an image build. */
export function packFiles(files: Readonly<Record<string, string>>): Readable {
  const tar = pack();
  for (const [name, text] of Object.entries(files)) {
    tar.entry({ name, mode: 0o644, mtime: new Date(0) }, text);
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
