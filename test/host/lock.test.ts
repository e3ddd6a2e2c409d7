import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { withLock } from '../../src/host/lock.ts';

const unique = (): string => `test-${process.pid}-${performance.now()}`;

describe('withLock', () => {
  it('lets one in at a time', async () => {
    const name = unique();
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      most = Math.max(most, ++inside);
      await sleep(5);
      inside--;
    };
    await Promise.all(Array.from({ length: 20 }, () => withLock(name, {}, work)));
    expect(most).toBe(1);
  });

  it('is free again after the work failed', async () => {
    const name = unique();
    await expect(withLock(name, {}, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await withLock(name, {}, async () => 'mine')).toBe('mine');
  });

  it('tells once that it waits, and stops waiting when told to', async () => {
    const name = unique();
    const stop = new AbortController();
    let told = 0;
    await withLock(name, {}, async () => {
      const waiting = withLock(name, { signal: stop.signal, onWait: () => told++ }, async () => 0);
      await sleep(20);
      stop.abort(new Error('enough'));
      await expect(waiting).rejects.toThrow('enough');
    });
    expect(told).toBe(1);
  });

  it('is taken back from a process that was killed', async () => {
    const name = unique();
    const { createHash } = await import('node:crypto');
    const path = `\\0ct-${createHash('sha256').update(name).digest('hex').slice(0, 40)}`;
    const holder = spawn(process.execPath, [
      '-e',
      `require('net').createServer().listen('${path}', () => console.log('held'))`,
    ]);
    await once(holder.stdout, 'data');
    const taken = withLock(name, {}, async () => 'taken');
    holder.kill('SIGKILL');
    expect(await taken).toBe('taken');
  });
});
