import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerdImage } from './support/containerd-image.ts';
import { killPart, remains } from './support/containerd-remains.ts';
import { ENDS_TASKS, endsTasksAtStart } from './support/containerd-restart.ts';
import { ct as anyCt, eventually, startCt as startAny, type Run } from './support/ct.ts';
import { PartsRead } from './support/parts-read.ts';
import { killService, status } from './support/kept.ts';

/** Calls to containerd through the user's service: the real one, the real daemon. */
const env = { CT_ENGINE: 'containerd' };
const ct = (args: readonly string[], run: Run = {}) => anyCt(args, { ...run, env });
const startCt = (args: readonly string[], run: Run = {}) => startAny(args, { ...run, env });
const inSession = ['run', '-vv', '-n', 'offline', 'shell', '-c'];
const THROUGH = 'calls go through the service';

let before: readonly string[];

/** The service runs, and has loaded what it needs. */
async function ready(): Promise<void> {
  await ct(['daemon', 'start']);
  await eventually('calls go through the service', async () => {
    return (await ct([...inSession, 'true'])).stderr.includes(THROUGH);
  });
}

async function expectNothingLeft(): Promise<void> {
  expect((await ct(['ps'])).status).toBe(0);
  const left = (): readonly string[] => remains().filter((one) => !before.includes(one));
  await expect.poll(left, { timeout: 60_000 }).toEqual([]);
}

describe('calls to containerd', () => {
  beforeAll(async () => {
    await containerdImage();
    before = remains();
  });
  afterAll(async () => {
    await ct(['daemon', 'stop']);
  });

  it('go their own way for the first that asks, which would wait for the service to load', async () => {
    await ct(['daemon', 'stop']);
    await ct(['daemon', 'start']);
    const done = await ct([...inSession, 'echo first; exit 3']);
    expect([done.status, done.stdout.toString()]).toEqual([3, 'first\n']);
    expect(done.stderr).not.toContain(THROUGH);
  });

  it('go through a service that is there: run, exec, stop, and what is not found', async () => {
    await ready();
    const input = Buffer.from([0, 1, 255, 10]);
    const done = await ct([...inSession, 'cat; echo err >&2; exit 37'], { input });
    expect([done.status, done.stdout]).toEqual([37, input]);
    expect(done.stderr).toContain(THROUGH);
    const [session = ''] = (await ct(['run', '-d', 'shell', '-c', 'sleep 600'])).stdout
      .toString()
      .split('\n');
    const exec = await ct(['exec', '-vv', session, 'sh', '-c', 'echo in; exit 4']);
    expect([exec.status, exec.stdout.toString()]).toEqual([4, 'in\n']);
    expect(exec.stderr).toContain(THROUGH);
    const missing = await ct(['exec', session, '/nowhere']);
    expect(missing.status).toBe(127);
    expect((await ct(['stop', session, '--timeout', '0s'])).status).toBe(0);
    await expectNothingLeft();
  });

  it('need little of the program then: nothing of gRPC', async () => {
    await ready();
    const parts = new PartsRead();
    const done = await anyCt([...inSession, 'true'], { env: { ...env, ...parts.env } });
    expect(done.stderr).toContain(THROUGH);
    expect(parts.take()).toEqual(['cli.cjs', 'containerd.cjs', 'engine.cjs']);
  });

  it.for<[string, () => Promise<unknown>]>([
    ['the service', killService],
    ['containerd', () => killPart('containerd')],
  ])('go on without it when %s is killed in a session', async ([what, kill], context) => {
    if (what === 'containerd' && (await endsTasksAtStart())) context.skip(ENDS_TASKS);
    await ready();
    const child = startCt([...inSession, 'echo ready; read -r line; echo "$line"; exit 7']);
    await once(child.stdout, 'data');
    await kill();
    expect((await ct(['ps'])).status).toBe(0);
    child.stdin.end('on\n');
    const done = await child.finished;
    expect([done.status, done.stdout.toString()]).toEqual([7, 'ready\non\n']);
    expect(done.stderr).toContain(THROUGH);
    await expectNothingLeft();
  });

  it('that were left to a service which is killed then are made by the next list', async () => {
    await ready();
    for (let round = 0; round < 3; round++) {
      expect((await ct([...inSession, 'exit 3'])).status).toBe(3);
      await killService();
      await expectNothingLeft();
      await ready();
    }
  });

  it('leave nothing waiting in the service when a run is killed', async () => {
    await ready();
    const child = startCt([...inSession, 'echo ready; sleep 600']);
    await once(child.stdout, 'data');
    child.kill('SIGKILL');
    await child.finished;
    await expectNothingLeft();
    expect((await status())?.pid).toBeGreaterThan(0);
  });
});
