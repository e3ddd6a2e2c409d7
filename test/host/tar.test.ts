import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { packFiles, probeTar } from '../../src/host/tar.ts';

const dir = mkdtempSync(join(tmpdir(), 'ct-tar-'));

async function tarOf(...names: readonly string[]): Promise<Buffer> {
  return buffer(packFiles(Object.fromEntries(names.map((name) => [name, `text of ${name}`]))));
}

test('packFiles gives the same bytes for the same files', async () => {
  expect((await tarOf('a', 'b')).equals(await tarOf('a', 'b'))).toBe(true);
});

describe('probeTar', () => {
  test.each([
    ['an OCI archive', ['blobs/sha256/aa', 'index.json', 'oci-layout'], 'image'],
    ['a docker archive', ['aa/layer.tar', 'manifest.json'], 'image'],
    ['a root file system', ['./bin', './etc/passwd', './usr/bin/sh'], 'rootfs'],
    ['anything else', ['notes.txt'], 'unknown'],
  ])('knows %s, gzipped or not', async (_what, names, kind) => {
    const bytes = await tarOf(...names);
    writeFileSync(`${dir}/t.tar`, bytes);
    writeFileSync(`${dir}/t.tgz`, gzipSync(bytes));
    expect(await probeTar(`${dir}/t.tar`)).toBe(kind);
    expect(await probeTar(`${dir}/t.tgz`)).toBe(kind);
  });

  test('is not thrown off by a file that is no tar', async () => {
    writeFileSync(`${dir}/no.tar`, Buffer.alloc(4096, 'x'));
    expect(await probeTar(`${dir}/no.tar`)).toBe('unknown');
    writeFileSync(`${dir}/empty.tar`, '');
    expect(await probeTar(`${dir}/empty.tar`)).toBe('unknown');
    writeFileSync(`${dir}/cut.tgz`, gzipSync(await tarOf('notes.txt')).subarray(0, 40));
    expect(await probeTar(`${dir}/cut.tgz`)).toBe('unknown');
  });
});
