import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { silentReport } from '../../src/base/report.ts';
import { DEFAULT_CONFIG, type Config } from '../../src/config/schema.ts';
import type { Engine, LongCall } from '../../src/engine/engine.ts';
import { packFiles } from '../../src/host/tar.ts';
import { obtainBase } from '../../src/session/obtain-base.ts';
import type { BuildTools } from '../../src/session/make-image.ts';

const dir = mkdtempSync(join(tmpdir(), 'ct-base-'));

function toolsWith(image: Partial<Config['image']>, images: Partial<Engine['images']>): BuildTools {
  return {
    context: { config: { ...DEFAULT_CONFIG, image: { ...DEFAULT_CONFIG.image, ...image } } },
    engine: { images: { inspect: async () => undefined, ...images } },
    report: silentReport,
    log: { path: '/log', line: () => undefined, close: () => undefined },
    signal: undefined,
  } as unknown as BuildTools;
}

describe('a base from a registry', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  const base = { kind: 'registry', reference: 'registry.example/debian:1' } as const;

  /** A registry that says `lines` and then nothing until it is given up. */
  const silent =
    (...lines: string[]) =>
    (_reference: string, options: LongCall): Promise<string> => {
      for (const line of lines) options.onProgress?.(line);
      return new Promise((_, reject) =>
        options.signal?.addEventListener('abort', () => reject(new Error('aborted'))),
      );
    };

  it('is given up after ten seconds of silence when there are other ways', async () => {
    const tools = toolsWith({}, { pull: silent('Trying to pull registry.example/debian:1...') });
    const failed = expect(obtainBase(base, tools)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('did not answer within 10 seconds') as string,
    });
    await vi.advanceTimersByTimeAsync(10_001);
    await failed;
  });

  it('gets its time once the registry answers', async () => {
    const tools = toolsWith({}, { pull: silent('Getting image source signatures') });
    let ended = false;
    obtainBase(base, tools)
      .finally(() => (ended = true))
      .catch(() => undefined);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(ended).toBe(false);
  });
});

describe('a base from an archive', () => {
  const base = { kind: 'archive', sha256: 'a'.repeat(64) } as const;
  const archive = `${dir}/base.tar`;
  const write = async (...names: string[]): Promise<void> =>
    writeFileSync(archive, await buffer(packFiles(Object.fromEntries(names.map((n) => [n, 'x'])))));

  it('is loaded and named by its digest', async () => {
    await write('manifest.json');
    const tag = vi.fn(async () => undefined);
    const tools = toolsWith({ archive }, { load: async () => ['docker.example/x:1'], tag });
    const reference = await obtainBase(base, tools);
    expect(tag).toHaveBeenCalledWith('docker.example/x:1', reference);
  });

  it('is imported when it is a plain root file system', async () => {
    await write('etc/passwd', 'usr/bin/sh');
    const importRootfs = vi.fn(async () => 'id');
    const reference = await obtainBase(base, toolsWith({ archive }, { importRootfs }));
    expect(importRootfs).toHaveBeenCalledWith(expect.anything(), reference, expect.anything());
  });

  it('is refused with its path when the engine cannot read it or finds nothing in it', async () => {
    await write('notes.txt');
    const refuse = async (): Promise<never> => {
      throw new CtError('failed_precondition', 'payload does not match');
    };
    for (const load of [refuse, async () => []]) {
      await expect(obtainBase(base, toolsWith({ archive }, { load }))).rejects.toMatchObject({
        code: 'failed_precondition',
        message: `there is no image in ${archive}`,
      });
    }
  });
});
