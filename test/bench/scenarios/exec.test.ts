import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { execScenario } from '../../../src/bench/scenarios/exec.ts';
import { scene } from './support.ts';

const CT = `echo "$1" >> "$LOG"
case "$1" in run) echo abc;; exec) echo ready; sleep 0.1;; esac`;

/** Says the plan of a session with that image. */
const planned = (image: string): string =>
  `case "$*" in *--dry-run*) echo '{"container":{"sandbox":{"image":"${image}"}}}'; exit;; esac\n`;

describe('ct exec, one or many at once', () => {
  it('are timed until the last has ended, in one session that is stopped afterwards', async () => {
    const { bench, dir } = scene(CT);
    const opened = await execScenario({ count: 4 }).open(bench);
    const [ours, peer] = opened.cases;
    expect(opened.cases.map(({ name }) => name)).toEqual(['ct', 'podman exec']);
    const { figures } = (await ours?.measure()) ?? { figures: {} };
    expect(figures.total).toBeGreaterThan(95);
    expect(await peer?.measure()).toMatchObject({
      figures: { total: expect.any(Number) as number },
    });
    await opened.close?.();
    const words = readFileSync(`${dir}/log`, 'utf8').trim().split('\n');
    expect(words).toEqual(['run', 'exec', 'exec', 'exec', 'exec', 'stop']);
  });

  it('are no figure when one of them fails', async () => {
    const { bench } = scene('case "$1" in run) echo abc;; exec) exit 1;; esac');
    const opened = await execScenario({ count: 4 }).open(bench);
    await expect(opened.cases[0]?.measure()).rejects.toThrow('ended with 1, which is no figure');
  });

  it('have a session on each engine where Podman is only who stands beside', async () => {
    const { bench, dir } = scene(`${planned('there')}echo "$1 on $CT_ENGINE" >> "$LOG"
case "$1" in run) echo abc;; exec) echo ready;; esac`);
    const opened = await execScenario({ count: 1, kind: 'containerd' }).open(bench);
    await opened.cases[0]?.measure();
    await opened.close?.();
    const words = readFileSync(`${dir}/log`, 'utf8').trim().split('\n');
    expect(words).toEqual([
      ...['run on containerd', 'run on podman', 'exec on containerd'],
      ...['stop on containerd', 'stop on podman'],
    ]);
  });

  it('leave no session where the other one cannot be had', async () => {
    const { bench, dir } = scene(`${planned('there')}echo "$1 on $CT_ENGINE" >> "$LOG"
case "$1 $CT_ENGINE" in 'run podman') exit 1;; run*) echo abc;; esac`);
    await expect(execScenario({ count: 1, kind: 'containerd' }).open(bench)).rejects.toThrow();
    const words = readFileSync(`${dir}/log`, 'utf8').trim().split('\n');
    expect(words).toEqual(['run on containerd', 'run on podman', 'stop on containerd']);
  });

  it('make no image for it', async () => {
    const { bench } = scene(planned('missing'));
    await expect(execScenario({ count: 1, kind: 'containerd' }).open(bench)).rejects.toMatchObject({
      code: 'failed_precondition',
    });
  });
});
