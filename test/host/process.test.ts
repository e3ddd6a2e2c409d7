import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { currentOwner, endSame, isOver, ownerState, readStat } from '../../src/host/process.ts';

describe('ownerState', () => {
  it('finds this process alive', () => {
    expect(ownerState(currentOwner())).toBe('alive');
  });

  it('takes a reused pid for what it is: another process', () => {
    expect(ownerState({ ...currentOwner(), startTicks: '1' })).toBe('dead');
  });

  it('takes every process of an earlier boot for dead', () => {
    const bootId = '00000000-0000-4000-8000-000000000000';
    expect(ownerState({ ...currentOwner(), bootId })).toBe('dead');
  });

  it('does not judge a process of another pid namespace', () => {
    expect(ownerState({ ...currentOwner(), pidNamespace: '1' })).toBe('unknown');
  });

  it('sees the end of a process that was killed', async () => {
    const child = spawn('sleep', ['60']);
    const owner = { ...currentOwner(), pid: child.pid ?? 0 };
    const startTicks = readStat(owner.pid)?.startTicks ?? '';
    expect(ownerState({ ...owner, startTicks })).toBe('alive');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(ownerState({ ...owner, startTicks })).toBe('dead');
  });

  it('takes nobody for dead when it cannot look, without a free descriptor', () => {
    const self = currentOwner();
    const seen = withoutDescriptors(() => ({
      owner: ownerState(self, self),
      isOver: isOver(process.pid),
    }));
    expect(seen).toEqual({ owner: 'unknown', isOver: false });
  });
});

/** Calls `look` while this process can open nothing. */
function withoutDescriptors<T>(look: () => T): T {
  // Node raises its limit as far as it may: to a million files, somewhere.
  const limit = softLimit();
  setSoftLimit(String(Math.min(Number.parseInt(limit) || 1024, 1024)));
  const files: number[] = [];
  try {
    for (;;) files.push(openSync('/dev/null', 'r'));
  } catch (thrown) {
    expect((thrown as NodeJS.ErrnoException).code).toBe('EMFILE');
    return look();
  } finally {
    for (const file of files) closeSync(file);
    setSoftLimit(limit);
  }
}

/** How many descriptors this process may have open. Source: proc_pid_limits(5) */
function softLimit(): string {
  const limits = readFileSync('/proc/self/limits', 'utf8');
  return /^Max open files +(\S+)/mu.exec(limits)?.[1] ?? '';
}

function setSoftLimit(limit: string): void {
  execFileSync('prlimit', ['--pid', String(process.pid), `--nofile=${limit}:`]);
}

it('ends the process that was meant, and none that has its pid since', async () => {
  const [meant, other] = [spawn('sleep', ['60']), spawn('sleep', ['60'])];
  const ended = Promise.all([once(meant, 'exit'), once(other, 'exit')]);
  const startTicks = readStat(meant.pid ?? 0)?.startTicks ?? '';
  endSame(meant.pid ?? 0, startTicks);
  endSame(other.pid ?? 0, '1');
  other.kill('SIGTERM');
  expect(await ended).toEqual([
    [null, 'SIGKILL'],
    [null, 'SIGTERM'],
  ]);
  endSame(meant.pid ?? 0, startTicks);
});

it('reads the state of a process whose name holds parentheses and spaces', async () => {
  const child = spawn(process.execPath, [
    '-e',
    "process.title='a) R 1 (b';setTimeout(()=>{},5000);console.log()",
  ]);
  await once(child.stdout, 'data');
  expect(readStat(child.pid ?? 0)).toMatchObject({ parent: process.pid });
  child.kill();
});
