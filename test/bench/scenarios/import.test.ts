import { chmodSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { IMPORT } from '../../../src/bench/scenarios/import.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { scratch } from '../../support/scratch.ts';
import { scene } from './support.ts';

const PLAN = '{"container":{"sandbox":{"image":"image-of-sessions"}}}';

/** Podman as far as it makes an archive. */
const PODMAN = `#!/bin/sh
echo "$*" >> "$LOG"
case "$*" in *create*) echo abc;; save*) : > "$5";; esac
`;

describe('the import of an image', () => {
  it('begins each time with stores that have nothing of it, and leaves nothing', async () => {
    const { bench, dir } = scene(`echo '${PLAN}'`);
    const program = `${scratch({ podman: PODMAN })}/podman`;
    chmodSync(program, 0o755);
    const calls: string[] = [];
    const engine = {
      images: {
        load: async () => void calls.push('load'),
        remove: async (name: string) => void calls.push(`remove ${name}`),
      },
    } as unknown as Engine;
    const opened = await IMPORT.open({
      ...bench,
      engine: async () => engine,
      podman: { program, runtime: '/usr/bin/crun', version: 'podman version 5.4.2' },
    });
    await opened.settle?.();
    const [ours, peer] = opened.cases;
    expect((await ours?.measure())?.figures.total).toBeGreaterThan(0);
    expect((await peer?.measure())?.figures.total).toBeGreaterThan(0);
    await opened.close?.();
    const name = 'localhost/ct/bench-import:latest';
    expect(calls).toEqual([`remove ${name}`, 'load', `remove ${name}`]);
    const words = readFileSync(`${dir}/log`, 'utf8').trim().split('\n');
    expect(
      words.map((line) => / ?(create|export|rm|import|save|rmi|load|unshare) /u.exec(line)?.[1]),
    ).toEqual(['create', 'export', 'rm', 'import', 'save', 'rmi', 'rmi', 'load', 'unshare']);
    expect(words.at(-2)).toMatch(/^--root \S+\/import\/root .* load -i \S+\/import\/image\.tar$/u);
    expect(words[0]).toContain('image-of-sessions');
  });

  it('is not measured where there is no Podman', async () => {
    const { bench } = scene('');
    await expect(IMPORT.open({ ...bench, podman: undefined })).rejects.toMatchObject({
      code: 'failed_precondition',
    });
  });
});
