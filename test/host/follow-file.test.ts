import { appendFileSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { followFile } from '../../src/host/follow-file.ts';

const place = (): string => join(mkdtempSync(join(tmpdir(), 'ct-follow-')), 'log');

it('hands out what a file holds, and nothing of one that is not there', async () => {
  const path = place();
  let text = '';
  const take = (chunk: Buffer): void => void (text += chunk.toString());
  await followFile(path, take, false);
  expect(text).toBe('');
  writeFileSync(path, 'x'.repeat(200_000));
  await followFile(path, take, false);
  expect(text).toHaveLength(200_000);
});

it('goes on with what is added, and with a file that begins anew', async () => {
  const path = place();
  writeFileSync(path, 'a long first line\n');
  const expected = ['a long first line\n', 'more\n', 'new\n'];
  const next: Record<string, () => void> = {
    'a long first line\n': () => appendFileSync(path, 'more\n'),
    'more\n': () => writeFileSync(path, 'new\n'),
  };
  const seen: string[] = [];
  await new Promise<void>((resolve, reject) => {
    const take = (chunk: Buffer): void => {
      const text = chunk.toString();
      seen.push(text);
      next[text]?.();
      if (text === 'new\n') resolve();
      if (seen.length > 3) reject(new Error(seen.join('|')));
    };
    void followFile(path, take, true);
  });
  expect(seen).toEqual(expected);
});
