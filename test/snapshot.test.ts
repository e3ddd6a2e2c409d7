import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureSnapshot, snapshotOf } from '../setup/snapshot.mjs';
import { ensureBundle } from './support/bundle.ts';
import { installedAt } from './support/installed.ts';

const dir = realpathSync(mkdtempSync(join(tmpdir(), 'ct-snapshot-')));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const snapshot = snapshotOf(dir);
if (snapshot === undefined) throw new Error(`${dir} has characters that mean something to a shell`);

beforeAll(async () => {
  ensureBundle();
  mkdirSync(`${dir}/dist`);
  symlinkSync(realpathSync('dist/snapshot.cjs'), `${dir}/dist/snapshot.cjs`);
  await ensureSnapshot(dir, process.execPath, snapshot);
});

/** What a program that is started from the snapshot writes. */
function run(text: string, words: readonly string[] = [], env: NodeJS.ProcessEnv = {}) {
  const program = `${dir}/program.cjs`;
  writeFileSync(program, `#!/bin/sh\n':' //; exit 1\n${text}`);
  rmSync(`${dir}/link`, { force: true });
  symlinkSync(program, `${dir}/link`);
  const argv = [`--snapshot-blob=${snapshot?.blob}`, `${dir}/link`, ...words];
  const done = spawnSync(process.execPath, argv, { env, cwd: `${dir}/dist`, encoding: 'utf8' });
  return { program, ...done };
}

describe('a program from a snapshot', () => {
  it('has the words, directory, environment and process of its own start', () => {
    const { program, stdout, stderr, pid } = run(
      'console.log(JSON.stringify([process.pid, process.cwd(), process.argv.slice(1), process.env, __dirname]))',
      ['a b', '--version'],
      { HOME: '/h' },
    );
    expect(stderr).toBe('');
    const words = [program, 'a b', '--version'];
    expect(JSON.parse(stdout)).toEqual([pid, `${dir}/dist`, words, { HOME: '/h' }, dir]);
  });

  it('draws numbers of its own, and its clock begins with it', () => {
    const ask =
      'console.log(JSON.stringify([require("node:crypto").randomUUID(), Math.random(), process.uptime()]))';
    const [first, second] = [run(ask), run(ask)].map(
      ({ stdout }) => JSON.parse(stdout) as [string, number, number],
    ) as [[string, number, number], [string, number, number]];
    expect(first[0]).not.toBe(second[0]);
    expect(first[1]).not.toBe(second[1]);
    for (const [, , seconds] of [first, second]) expect(seconds).toBeLessThan(60);
  });

  it('fails as any other: with the line, and with its status', () => {
    const { program, stderr, status } = run('\n\nthrow new Error("why");');
    expect(stderr).toContain(`${program}:5`);
    expect(stderr).toContain('Error: why');
    expect(status).toBe(1);
    expect(run('process.exit(7)').status).toBe(7);
    expect(run('require("node:nothing")').stderr).toContain('Node has no module node:nothing');
  });

  it('ends by a signal that it does not heed, and hears one that it does', async () => {
    const { program } = run('');
    for (const [listen, end] of [
      ['', [null, 'SIGINT']],
      ['process.on("SIGINT", () => process.exit(5));', [5, null]],
    ] as const) {
      writeFileSync(
        program,
        `\n${listen}setInterval(() => 0, 1000); process.stdout.write('ready')`,
      );
      const argv = [`--snapshot-blob=${snapshot?.blob}`, program];
      const child = spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
      await once(child.stdout, 'data');
      child.kill('SIGINT');
      expect(await once(child, 'close')).toEqual(end);
    }
  });
});

it('makes the same ct as a start without one', async () => {
  const [plain, quick] = [await installedAt(dir, false), await installedAt(dir, true)];
  for (const words of [['run', 'nosuch'], ['run', './x y', '--', ''], ['--help'], ['sys', 'x']]) {
    const env = { PATH: process.env['PATH'], HOME: dir, LANG: 'C.UTF-8' };
    const [said, too] = [plain, quick].map((command) => {
      const { status, stdout, stderr } = spawnSync(command, words, { env, encoding: 'utf8' });
      return { status, stdout, stderr };
    });
    expect(too).toEqual(said);
  }
});
