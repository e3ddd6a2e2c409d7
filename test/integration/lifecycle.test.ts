import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { BenchReport } from '../../src/bench/result.ts';
import {
  ct,
  eventually,
  inSession,
  project,
  sessions,
  startCt,
  type Listed,
} from './support/ct.ts';

/**
 * One program that any signal ends from its first word on. Bash ignores SIGQUIT, and SIGINT unless its child
 * died of it; between `echo ready` and `exec sleep` it is bash.
 */
const READY_AND_SLEEP = `exec perl -e '$| = 1; print "ready\\n"; sleep 60'`;

/** Starts a session that runs for a minute, and waits until it is listed and its script has said `ready`. */
async function longSession(
  script = READY_AND_SLEEP,
): Promise<{ child: ReturnType<typeof startCt>; listed: Listed }> {
  const before = new Set((await sessions()).map((session) => session.id));
  const child = startCt(['run', 'shell', '-c', script]);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  // Listed as running it is before, while ct still prepares what is around the program.
  await eventually('the program runs', () => said.includes('ready\n'));
  let listed: Listed | undefined;
  await eventually('the session runs', async () => {
    listed = (await sessions()).find((one) => !before.has(one.id) && one.status === 'running');
    return listed !== undefined;
  });
  return { child, listed: listed as Listed };
}

afterEach(async () => {
  await ct(['stop', '--all', '--timeout', '0s']);
});

const noneLeft = async (): Promise<boolean> => (await sessions()).length === 0;

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGQUIT', 131],
    ['SIGUSR1', 138],
  ] as const)('%s reaches the program, whose death is the exit status', async (signal, status) => {
    const { child } = await longSession();
    child.kill(signal);
    const done = await child.finished;
    expect([done.status, done.stderr]).toEqual([status, '']);
    await eventually('nothing is left', noneLeft);
  });

  it('that come while it starts end it the same way, whenever that is', async () => {
    for (let ms = 100; ms <= 400; ms += 15) {
      const child = startCt(['run', 'shell', '-c', 'exec sleep 60']);
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill('SIGTERM');
      const done = await child.finished;
      expect([ms, done.status, done.stderr]).toEqual([ms, 143, '']);
    }
    await eventually('nothing is left', noneLeft);
  });

  it('let a program that handles them decide', async () => {
    const script = 'trap "echo caught; exit 7" TERM; echo ready; while :; do sleep 0.1; done';
    const child = startCt(['run', 'shell', '-c', script]);
    await once(child.stdout, 'data');
    child.kill('SIGTERM');
    const done = await child.finished;
    expect(done.stdout.toString()).toBe('ready\ncaught\n');
    expect(done.status).toBe(7);
  });

  it('stop and continue the program with ct: SIGTSTP and SIGCONT', async () => {
    const { child, listed } = await longSession();
    child.kill('SIGTSTP');
    const { readStat } = await import('../../src/host/process.ts');
    await eventually('ct is stopped', () => readStat(child.pid ?? 0)?.state === 'T');
    const inside = await ct([
      'exec',
      listed.id,
      '--',
      'sh',
      '-c',
      'cat /proc/[0-9]*/stat | grep -c ") T "',
    ]);
    expect(Number(inside.stdout.toString())).toBeGreaterThan(0);
    child.kill('SIGCONT');
    await eventually('ct runs again', () => readStat(child.pid ?? 0)?.state !== 'T');
    child.kill('SIGINT');
    expect((await child.finished).status).toBe(130);
  });
});

describe('a ct that is killed', () => {
  it.each([5, 30, 60, 90, 120, 160, 200, 300])(
    'after %i ms leaves nothing that the next command does not clean',
    async (ms) => {
      const child = startCt(['run', 'shell', '-c', 'sleep 60'], { input: '' });
      await new Promise((resolve) => setTimeout(resolve, ms));
      child.kill('SIGKILL');
      await child.finished;
      await eventually('the next command has cleaned', noneLeft);
    },
  );

  it('does not take a living session with it', async () => {
    const { child, listed } = await longSession();
    const other = await longSession();
    other.child.kill('SIGKILL');
    await other.child.finished;
    await eventually('the killed one is gone', async () => (await sessions()).length === 1);
    expect((await sessions()).map((session) => session.id)).toEqual([listed.id]);
    child.kill('SIGINT');
    await child.finished;
  });
});

describe('ct ps and ct stop', () => {
  it('list a running session and end it, also by the beginning of its id', async () => {
    const { child, listed } = await longSession();
    expect(listed).toMatchObject({ agent: 'shell', life: 'attached', status: 'running' });
    const table = await ct(['ps']);
    expect(table.stdout.toString()).toContain(listed.id);
    const stopped = await ct(['stop', listed.id.slice(0, 5)]);
    expect(stopped.status).toBe(0);
    expect((await child.finished).status).toBe(143);
  });

  it('kill a program that ignores SIGTERM once its time is over', async () => {
    const { child, listed } = await longSession(
      'trap "" TERM; echo ready; while :; do sleep 1; done',
    );
    expect((await ct(['stop', '--timeout', '300ms', listed.id])).status).toBe(0);
    expect((await child.finished).status).toBe(137);
  });

  it('say which session does not exist, and end none', async () => {
    const { child, listed } = await longSession();
    const done = await ct(['stop', listed.id, 'zzzz']);
    expect(done.status).toBe(125);
    expect(done.stderr).toContain("there is no session 'zzzz'");
    expect((await sessions()).map((session) => session.status)).toEqual(['running']);
    child.kill('SIGINT');
    await child.finished;
  });
});

describe('ct exec', () => {
  it('runs a program in the session, with its streams, environment and exit status', async () => {
    const { child, listed } = await longSession();
    const done = await ct(
      ['exec', listed.id, '--', 'sh', '-c', 'cat; echo "$CT_AGENT $HOME" >&2; pwd; exit 9'],
      { input: 'in\n' },
    );
    expect(done.stdout.toString()).toBe('in\n/projects/sample\n');
    expect(done.stderr).toBe('shell /home/ct\n');
    expect(done.status).toBe(9);
    child.kill('SIGINT');
    await child.finished;
  });

  it('gives 127 for a program that is not there, and the session lives on', async () => {
    const { child, listed } = await longSession();
    const missing = await ct(['exec', listed.id, 'no-such-program']);
    expect(missing.status).toBe(127);
    expect(missing.stderr).toMatch(
      /^ct: there is no program 'no-such-program' in the session\n {2}/u,
    );
    expect((await ct(['exec', listed.id, '/etc/passwd'])).status).toBe(126);
    const own = await ct(['exec', listed.id, 'sh', '-c', 'echo own >&2; exit 127']);
    expect([own.status, own.stderr]).toEqual([127, 'own\n']);
    expect((await ct(['exec', listed.id, 'true'])).status).toBe(0);
    child.kill('SIGINT');
    await child.finished;
  });

  it('has no more rights than the agent', async () => {
    const { child, listed } = await longSession();
    const done = await ct([
      'exec',
      listed.id,
      'grep',
      '-E',
      '^(CapEff|CapBnd|NoNewPrivs|Seccomp:|Uid)',
      '/proc/self/status',
    ]);
    expect(done.stdout.toString().split('\n')).toEqual([
      'Uid:\t1000\t1000\t1000\t1000',
      'CapEff:\t0000000000000000',
      'CapBnd:\t0000000000000000',
      'NoNewPrivs:\t1',
      'Seccomp:\t2',
      '',
    ]);
    child.kill('SIGINT');
    await child.finished;
  });
});

describe('a detached session', () => {
  it('outlives the ct that started it, is listed, and ends by ct stop', async () => {
    const started = await ct(['run', '--detach', 'shell', '-c', 'sleep 60']);
    expect(started.status).toBe(0);
    expect(started.stdout.toString()).toMatch(/^[0-9a-f]{8}\n$/u);
    const id = started.stdout.toString().trim();
    expect(await sessions()).toEqual([
      expect.objectContaining({ id, life: 'detached', status: 'running' }),
    ]);
    expect((await ct(['exec', id, 'echo', 'hi'])).stdout.toString()).toBe('hi\n');
    expect((await ct(['stop', id])).status).toBe(0);
    await eventually('nothing is left', noneLeft);
  });

  it('is removed when it ends by itself', async () => {
    expect((await ct(['run', '-d', 'shell', '-c', 'true'])).status).toBe(0);
    await eventually('nothing is left', noneLeft);
  });

  it('is not attached to without a terminal, with the reason', async () => {
    const id = (await ct(['run', '-d', 'shell'])).stdout.toString().trim();
    const done = await ct(['attach', id]);
    expect(done.status).toBe(125);
    expect(done.stderr).toContain('needs a terminal');
    await ct(['stop', '--timeout', '1s', id]);
  });
});

describe('two projects of the same name', () => {
  it('never touch each other', async () => {
    const [one, two] = [project('same'), project('same')];
    const [a, b] = await Promise.all([
      inSession('echo one > f; sleep 0.5; cat f', { cwd: one }),
      inSession('echo two > f; sleep 0.5; cat f', { cwd: two }),
    ]);
    expect([a.stdout.toString(), b.stdout.toString()]).toEqual(['one\n', 'two\n']);
  });
});

describe('ct bench', () => {
  it('measures sessions beside podman, says what it could not measure, and leaves nothing', async (context) => {
    if (process.env['CT_ENGINE'] === 'containerd') {
      context.skip(
        'its peer is podman; ct bench measures containerd by itself where it has an image',
      );
    }
    // Where the engine's runtime is crun, one by runc is measured, by a service of its own.
    const scenarios = ['version', 'cold-offline', 'cold-offline-runc', 'exec'];
    const words = ['bench', ...scenarios, '--rounds', '3', '--json'];
    const done = await ct(words);
    expect(done.status, done.stderr).toBe(0);
    const { report } = JSON.parse(done.stdout.toString()) as { report: BenchReport };
    const result = (id: string) => report.scenarios.find((one) => one.id === id);
    const found = [
      ...report.scenarios.map(({ id }) => id),
      ...report.missing.map(({ what }) => what),
    ];
    expect(found).toEqual(expect.arrayContaining(scenarios));
    if (report.machine.runtime.includes('crun')) expect(result('cold-offline-runc')).toBeDefined();
    const [version, cold, exec] = ['version', 'cold-offline', 'exec'].map(result);
    expect(version?.figures[0]?.peers[0]?.name).toBe('node -e 0');
    expect(cold?.figures.map(({ name }) => name)).toEqual(['first byte', 'total', 'gone']);
    expect(cold?.phases.map(({ phase }) => phase)).toContain('verify');
    for (const { ct: ours, peers } of [...(cold?.figures ?? []), ...(exec?.figures ?? [])]) {
      expect(ours.samples).toHaveLength(3);
      expect(peers[0]?.name).toMatch(/^podman (run|exec)$/u);
      expect(peers[0]?.ratio.median).toBeGreaterThan(0.1);
    }
    const named = [...(cold?.figures[0]?.peers ?? []), ...report.missing].map((one) =>
      'what' in one ? one.what : one.name,
    );
    for (const peer of ['crun run', 'runc run', 'bwrap', 'docker run', 'nerdctl run']) {
      expect(named).toContain(peer);
    }
    const left = readdirSync(process.env['HOME'] ?? '').filter((name) =>
      name.startsWith('ct-bench-'),
    );
    expect(left).toEqual([]);
    expect(await sessions()).toEqual([]);
  });
});
