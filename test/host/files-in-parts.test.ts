import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { writeFileAtomic } from '../../src/host/files.ts';

/** A disk that takes a few bytes at a time, as one with little space left. Source: write(2) */
vi.mock('node:fs', async (original) => {
  const fs = await original<typeof import('node:fs')>();
  const writeSync = (fd: number, bytes: Uint8Array, at = 0): number =>
    fs.writeSync(fd, bytes, at, Math.min(3, bytes.length - at));
  return { ...fs, writeSync };
});

test('a file is written whole, whatever the disk takes at once', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'ct-parts-')), 'file');
  writeFileAtomic(path, 'ten bytes – and more');
  expect(readFileSync(path, 'utf8')).toBe('ten bytes – and more');
});
