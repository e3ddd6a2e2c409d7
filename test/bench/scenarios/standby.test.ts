import { describe, expect, it } from 'vitest';
import { standbyScenario } from '../../../src/bench/scenarios/standby.ts';
import { scene } from './support.ts';

/** A plan as `ct run --dry-run` prints it, as far as a peer is made from it. */
const PLAN = JSON.stringify({
  container: {
    sandbox: {
      image: 'localhost/ct:1',
      env: {},
      cwd: '/projects/b',
      mounts: [],
      limits: { process: [] },
      capabilities: [],
    },
  },
});

const ct = (served: string): string =>
  `case "$*" in *--dry-run*) echo '${PLAN}';; *-vv*) echo ready; echo 'ct: ${served}' >&2;; *) echo ready;; esac`;

async function measureOn(served: string) {
  const { bench } = scene(ct(served));
  const { podman: _, ...rest } = bench;
  const opened = await standbyScenario('offline').open({ ...rest, podman: undefined });
  return opened.cases[0]?.measure();
}

describe('a run that claims a standby', () => {
  it('is a figure when one served it', async () => {
    expect(await measureOn('standby 0123abcd serves this run')).toMatchObject({
      figures: { total: expect.any(Number) as number },
    });
  });

  it('is none when it began cold', async () => {
    await expect(measureOn('no standby')).rejects.toThrow('no session was ready');
  });
});
