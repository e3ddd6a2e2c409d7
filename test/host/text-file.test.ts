import { expect, it } from 'vitest';
import { writeFileSync } from 'node:fs';
import { readTextFile } from '../../src/host/text-file.ts';
import { scratch } from '../support/scratch.ts';

it('reads text of the user, and refuses what is none', () => {
  const dir = scratch({ 'a.md': 'grüße' });
  expect(readTextFile(`${dir}/a.md`)).toBe('grüße');
  expect(() => readTextFile(`${dir}/b.md`)).toThrow(/no such file/u);
  expect(() => readTextFile(dir)).toThrow(/no plain file/u);
  writeFileSync(`${dir}/bytes`, Buffer.from([0xff, 0xfe]));
  expect(() => readTextFile(`${dir}/bytes`)).toThrow(/not UTF-8/u);
  writeFileSync(`${dir}/long`, Buffer.alloc(1024 * 1024 + 1));
  expect(() => readTextFile(`${dir}/long`)).toThrow(/larger than 1 MiB/u);
});
