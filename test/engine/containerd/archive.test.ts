import { createHash } from 'node:crypto';
import { PassThrough, type Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readImageArchive } from '../../../src/engine/containerd/archive.ts';
import { packFiles } from '../../../src/host/tar.ts';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** An OCI archive of one layer, which is in front of what names it. */
function archiveOf(layer: Buffer, config: unknown = {}, named = sha256(layer)): Readable {
  const text = JSON.stringify(config);
  const manifest = JSON.stringify({
    config: { digest: `sha256:${sha256(text)}` },
    layers: [{ digest: `sha256:${named}` }],
  });
  const index = { manifests: [{ digest: `sha256:${sha256(manifest)}` }] };
  return packFiles({
    [`blobs/sha256/${named}`]: layer,
    [`blobs/sha256/${sha256(text)}`]: text,
    [`blobs/sha256/${sha256(manifest)}`]: manifest,
    'index.json': JSON.stringify(index),
  });
}

const tar = Buffer.alloc(300_000, 'layer');
const padded = Buffer.concat([gzipSync(tar), Buffer.alloc(1024 * 1024)]);

describe('readImageArchive', () => {
  it.each([
    ['a layer', tar],
    ['a gzipped layer', gzipSync(tar)],
    ['a gzipped layer with padding behind it', padded],
  ])('reads %s', { timeout: 5000 }, async (_what, layer) => {
    const store = async (body: Readable) => sha256(await buffer(body));
    expect(await readImageArchive(archiveOf(layer), store)).toEqual([
      { names: [], config: {}, layers: [sha256(tar)] },
    ]);
  });

  it('holds the padding against the digest too', { timeout: 5000 }, async () => {
    const archive = archiveOf(padded, {}, sha256(gzipSync(tar)));
    await expect(readImageArchive(archive, buffer)).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining('has another digest') as string,
    });
  });

  it.each([[{ config: { Labels: 'x' } }], [{ config: { Env: 5 } }]])(
    'refuses %j for a configuration',
    async (config) => {
      await expect(readImageArchive(archiveOf(tar, config), buffer)).rejects.toMatchObject({
        code: 'failed_precondition',
        message: 'the archive has a configuration that is none',
      });
    },
  );

  it.each([
    ['one that is too large', [9]],
    ['too many that are not', [7, 7, 7, 7, 7]],
  ])('keeps no documents without end: %s', { timeout: 10_000 }, async (_what, sizes) => {
    const documents = sizes.map((MiB, index) => [
      `${index}.json`,
      Buffer.alloc(MiB * 1024 * 1024, '{'),
    ]);
    const archive = packFiles(Object.fromEntries(documents) as Record<string, Buffer>);
    await expect(readImageArchive(archive, buffer)).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining('is too large') as string,
    });
  });

  it('ends when its caller stops, in the middle of an archive', { timeout: 5000 }, async () => {
    const stop = new AbortController();
    const stalled = new PassThrough();
    const whole = await buffer(archiveOf(tar));
    stalled.write(whole.subarray(0, 100_000));
    const reading = readImageArchive(stalled, buffer, stop.signal);
    setTimeout(() => stop.abort(), 50);
    await expect(reading).rejects.toThrow();
  });
});
