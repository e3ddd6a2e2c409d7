import { chmodSync } from 'node:fs';
import { mkdirSync } from 'node:fs';
import { silentReport } from '../../../src/base/report.ts';
import type { Bench } from '../../../src/bench/scenario.ts';
import type { Engine } from '../../../src/engine/engine.ts';
import { scratch } from '../../support/scratch.ts';

/** What the programs were called with, and what the engine lists. */
export interface Scene {
  readonly bench: Bench;
  readonly dir: string;
}

/**
 * A bench whose `ct` and `podman` are scripts that write down their words, and whose engine lists one
 * container of a session until it was stopped.
 */
export function scene(script: string): Scene {
  const dir = scratch({ 'ct.sh': `#!/bin/sh\n${script}`, 'podman.sh': script });
  chmodSync(`${dir}/ct.sh`, 0o755);
  const projects = { ct: `${dir}/a`, peers: `${dir}/b` };
  for (const project of Object.values(projects)) mkdirSync(project);
  const engine = {
    list: async (labels: readonly string[]) =>
      labels.includes('ct.session=abc') ? [{ id: 'container-of-abc' }] : [],
    images: { inspect: async (image: string) => (image === 'missing' ? undefined : { id: image }) },
  } as unknown as Engine;
  const bench: Bench = {
    self: ['/bin/sh', `${dir}/ct.sh`],
    env: { PATH: '/usr/bin:/bin', LOG: `${dir}/log` },
    ...{ projects, runtimeDir: dir, report: silentReport },
    signal: new AbortController().signal,
    engines: ['podman'],
    engine: async () => engine,
    podman: { program: '/bin/true', runtime: '/usr/bin/crun', version: 'podman version 5.4.2' },
    ...{ others: [], missing: [] },
  };
  return { bench, dir };
}
