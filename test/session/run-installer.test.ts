import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import type { ContainerSpec, Engine } from '../../src/engine/engine.ts';
import { runToEnd } from '../../src/session/run-installer.ts';

/** What is kept of an installer that says `text`, in pieces of `size` characters. */
async function kept(text: string, size: number): Promise<readonly string[]> {
  const stdout = new PassThrough();
  const ended = new Promise<void>((resolve) => stdout.once('end', resolve));
  const streams = { stdin: new PassThrough(), stdout, stderr: undefined, ended };
  const engine = {
    create: async () => ({ id: 'x', warnings: [] }),
    init: async () => undefined,
    wait: async () => 0,
    attach: async () => ({ ...streams, close: () => undefined }),
    start: async () => {
      for (let at = 0; at < text.length; at += size) stdout.write(text.slice(at, at + size));
      stdout.end();
    },
    remove: async () => undefined,
  } as unknown as Engine;
  const onLine = (): void => undefined;
  const spec = { name: 'x' } as ContainerSpec;
  return (await runToEnd(spec, { engine, onLine, signal: undefined })).lines;
}

it.each([1, 3, 1000])('takes lines as they end, in pieces of %i', async (size) => {
  expect(await kept('één\n\ntwo\r\nthree', size)).toEqual(['één', '', 'two', 'three']);
});

it('keeps the last of very many lines, and the beginning of a very long one', async () => {
  const lines = await kept(
    `${'y\n'.repeat(50_000)}${'z'.repeat(1_000_000)}\nct-installed 1\n`,
    65_536,
  );
  expect(lines.length).toBeLessThanOrEqual(10_000);
  expect(lines.at(-1)).toBe('ct-installed 1');
  expect(lines.at(-2)).toMatch(/^z{16384}$/u);
});
