import { mkdtempSync, openSync, readFileSync, rmSync, closeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runProgram, startDetached, systemPath } from '../../src/host/exec.ts';

const env = { PATH: '/usr/bin:/bin' };
const sh = (script: string) => ({ program: 'sh', args: ['-c', script], env });
const limits = { deadlineMs: 5_000 };

describe('runProgram', () => {
  it('gives status and both outputs, and the environment that it was given', async () => {
    const result = await runProgram(sh('echo "$SECRET."; echo err >&2; exit 7'), limits);
    const stdoutBytes = Buffer.from('.\n');
    expect(result).toEqual({ exitStatus: 7, stdout: '.\n', stdoutBytes, stderr: 'err\n' });
  });

  it('does not let a shell read the arguments', async () => {
    const command = { program: 'printf', args: ['%s', '$(id); `id`; a b'], env };
    expect((await runProgram(command, limits)).stdout).toBe('$(id); `id`; a b');
  });

  it('says 128 + n for a signal', async () => {
    expect((await runProgram(sh('kill -TERM $$'), limits)).exitStatus).toBe(143);
  });

  it('keeps only so much output', async () => {
    const command = sh('head -c 100000 /dev/zero');
    const { stdout } = await runProgram(command, { ...limits, maxOutputBytes: 10 });
    expect(stdout).toHaveLength(10);
  });

  it('ends a program that takes too long, or when the caller stops', async () => {
    await expect(runProgram(sh('sleep 60'), { deadlineMs: 50 })).rejects.toMatchObject({
      code: 'deadline_exceeded',
    });
    const signal = AbortSignal.timeout(50);
    await expect(runProgram(sh('sleep 60'), { ...limits, signal })).rejects.toMatchObject({
      code: 'canceled',
    });
  });

  it('says that a program is not there', async () => {
    const command = { program: 'ct-no-such-program', args: [], env };
    await expect(runProgram(command, limits)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('startDetached', () => {
  it('starts a program in a session of its own, with its output in a file', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'ct-exec-'));
    const log = openSync(join(dir, 'log'), 'a+');
    const started = await startDetached(sh('ps -o sid= -p $$; exit 3'), log);
    await started.ended;
    expect(Number(readFileSync(join(dir, 'log'), 'utf8'))).toBe(started.pid);
    closeSync(log);
    rmSync(dir, { recursive: true });
  });
});

describe('systemPath', () => {
  it('adds the directories of system programs once, and drops relative ones', () => {
    expect(systemPath('/usr/sbin:.:/bin')).toBe('/usr/sbin:/bin:/usr/local/sbin:/sbin');
    expect(systemPath(undefined)).toBe('/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin');
  });
});
