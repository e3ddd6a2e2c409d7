import { build } from 'esbuild';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { tryLock, withLock, type Lock } from '../../src/host/lock.ts';

const unique = (): Lock => ({ dir: mkdtempSync(join(tmpdir(), 'ct-lock-')), name: 'turns' });
const left = ({ dir }: Lock): readonly string[] => readdirSync(`${dir}/locks`);
const forever = (): Promise<never> => new Promise(() => undefined);

/** Takes the lock in a process of its own, says so, and keeps it. */
const HOLDS = `
  const [dir, name] = process.argv.slice(1);
  void withLock({ dir, name }, {}, () => {
    console.log('held');
    return new Promise((resolve) => setTimeout(resolve, 60_000));
  });`;

/**
 * Takes the lock again and again, and in every fourth turn dies in it. Whoever is inside has its name in a file; the
 * last that one does there is to take it out, since a process that was killed can be seen for a moment.
 */
const CONTENDS = `
  const fs = require('node:fs');
  const [dir, name] = process.argv.slice(1);
  const inside = dir + '/inside';
  (async () => {
    for (let turn = 0; turn < 50; turn++) {
      await withLock({ dir, name }, {}, async () => {
        const other = fs.existsSync(inside) ? fs.readFileSync(inside, 'utf8') : '';
        if (other !== '') fs.appendFileSync(dir + '/violations', other + '\\n');
        fs.writeFileSync(inside, String(process.pid));
        fs.appendFileSync(dir + '/turns', '.');
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 2));
        if (fs.readFileSync(inside, 'utf8') !== String(process.pid)) fs.appendFileSync(dir + '/violations', 'late');
        fs.writeFileSync(inside, '');
        if (Math.random() < 0.25) process.kill(process.pid, 'SIGKILL');
      });
    }
  })();`;

let compiled = '';

beforeAll(async () => {
  compiled = join(mkdtempSync(join(tmpdir(), 'ct-lock-')), 'lock.cjs');
  const entry = join(import.meta.dirname, '../../src/host/lock.ts');
  await build({
    entryPoints: [entry],
    outfile: compiled,
    bundle: true,
    platform: 'node',
    format: 'cjs',
  });
});

function other({ dir, name }: Lock, script: string): ChildProcessByStdio<null, Readable, null> {
  const text = `const { withLock } = require(${JSON.stringify(compiled)});${script}`;
  const argv = ['-e', text, dir, name];
  return spawn(process.execPath, argv, { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('withLock', () => {
  it('lets one in at a time, and leaves nothing', async () => {
    const lock = unique();
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    };
    await Promise.all(Array.from({ length: 20 }, () => withLock(lock, {}, work)));
    expect(most).toBe(1);
    expect(left(lock)).toEqual([]);
  });

  it('is free again after the work failed', async () => {
    const lock = unique();
    await expect(withLock(lock, {}, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
  });

  it('tells once that it waits, and stops waiting when told to', async () => {
    const lock = unique();
    const stop = new AbortController();
    let told = 0;
    await withLock(lock, {}, async () => {
      const waiting = withLock(lock, { signal: stop.signal, onWait: () => told++ }, async () => 0);
      await sleep(20);
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
    });
    expect(told).toBe(1);
  });

  it('is taken back from a process that was killed, waited for or found dead', async () => {
    const lock = unique();
    for (const isWaitedFor of [true, false]) {
      const holder = other(lock, HOLDS);
      await once(holder.stdout, 'data');
      const ended = once(holder, 'exit');
      const before = isWaitedFor ? withLock(lock, {}, async () => 'taken') : undefined;
      holder.kill('SIGKILL');
      await ended;
      expect(await (before ?? withLock(lock, {}, async () => 'taken'))).toBe('taken');
      expect(left(lock)).toEqual([]);
    }
  });

  it('is never two processes’, though they die in it and while they remove what the dead left', async () => {
    const lock = unique();
    const ended = Array.from({ length: 24 }, () => once(other(lock, CONTENDS), 'exit'));
    await Promise.all(ended);
    expect(readFileSync(`${lock.dir}/turns`, 'utf8').length).toBeGreaterThanOrEqual(24);
    expect(readdirSync(lock.dir)).not.toContain('violations');
    await withLock(lock, {}, async () => undefined);
    expect(left(lock)).toEqual([]);
  }, 60_000);

  it('works below a path that is too long for a socket, and in nobody else’s reach', async () => {
    const { dir, name } = unique();
    const deep = { dir: join(dir, 'd'.repeat(120)), name };
    expect(await withLock(deep, {}, async () => left(deep).length)).toBe(2);
    mkdirSync(join(dir, 'locks'), { recursive: true });
    chmodSync(join(dir, 'locks'), 0o777);
    await expect(withLock({ dir, name }, {}, forever)).rejects.toMatchObject({
      code: 'permission_denied',
    });
  });
});

describe('tryLock', () => {
  it('does not wait, and gives it to the next one afterwards', async () => {
    const lock = unique();
    const release = await tryLock(lock);
    expect(release).toBeDefined();
    expect(await tryLock(lock)).toBeUndefined();
    release?.();
    expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
    const again = await tryLock(lock);
    release?.();
    expect(await tryLock(lock)).toBeUndefined();
    again?.();
    expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
    const holder = other(lock, HOLDS);
    await once(holder.stdout, 'data');
    expect(await tryLock(lock)).toBeUndefined();
    const ended = once(holder, 'exit');
    holder.kill('SIGKILL');
    await ended;
    (await tryLock(lock))?.();
    expect(await withLock(lock, {}, async () => 'mine')).toBe('mine');
  });
});
