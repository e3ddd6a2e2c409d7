import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileSha256, fileStamp } from '../../src/host/archive.ts';
import { sha256 } from '../../src/image/base.ts';

const dir = mkdtempSync(join(tmpdir(), 'ct-archive-'));

test('digests a file larger than its buffer', () => {
  const text = 'x'.repeat(9 * 1024 * 1024);
  writeFileSync(`${dir}/big`, text);
  expect(fileSha256(`${dir}/big`)).toBe(sha256(text));
});

test('the stamp changes with the file', () => {
  writeFileSync(`${dir}/a`, 'one');
  const before = fileStamp(`${dir}/a`);
  expect(fileStamp(`${dir}/a`)).toBe(before);
  writeFileSync(`${dir}/a`, 'other');
  expect(fileStamp(`${dir}/a`)).not.toBe(before);
});

test('refuses what is missing or no file, with the path', () => {
  expect(() => fileStamp(`${dir}/none`)).toThrow(expect.objectContaining({ code: 'not_found' }));
  expect(() => fileStamp(dir)).toThrow(expect.objectContaining({ code: 'failed_precondition' }));
});
