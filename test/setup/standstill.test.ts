import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { watchStandstill } from '../../setup/standstill.mjs';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-still-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

test('tells of the time in which nothing was done, and leaves no file', async () => {
  const path = join(dir, 'f');
  const { stop } = watchStandstill(path);
  await pause(1_100);
  expect(existsSync(path)).toBe(true);
  for (const until = performance.now() + 5_000; performance.now() < until;);
  await pause(200);
  const seen = stop();
  expect(seen.join('\n')).toMatch(/^no turn on a processor: [4-9]\.\d s, until /mu);
  expect(existsSync(path)).toBe(false);
});
