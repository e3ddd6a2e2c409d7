import { describe, expect, it } from 'vitest';
import { startTimed, timeProgram } from '../../src/host/timed.ts';

const env = { PATH: '/usr/bin:/bin' };
const sh = (script: string) => ({ program: 'sh', args: ['-c', script], env });
const never = new AbortController().signal;

describe('timeProgram', () => {
  it('tells the first byte from the end', async () => {
    // On a busy machine the first byte is seen late: far less than the pause is asked for.
    const ran = await timeProgram(sh('echo now; sleep 2; echo late >&2'), never);
    expect(ran.firstByteMs).toBeLessThan(ran.totalMs - 500);
    expect(ran).toMatchObject({ stdout: 'now\n', stderr: 'late\n' });
  });

  it('has no first byte of a program that says nothing', async () => {
    expect((await timeProgram(sh('true'), never)).firstByteMs).toBeUndefined();
  });

  it('takes no failed run for a figure, and says what it said', async () => {
    await expect(timeProgram(sh('echo broken >&2; exit 3'), never)).rejects.toMatchObject({
      message: expect.stringMatching(/ended with 3, which is no figure/u) as string,
      hint: 'broken',
    });
    const missing = { program: 'no-such-program', args: [], env };
    await expect(timeProgram(missing, never)).rejects.toThrow('ENOENT');
  });

  it('ends with the bench', async () => {
    const stop = new AbortController();
    const running = timeProgram(sh('exec sleep 20'), stop.signal);
    stop.abort(new Error('stopped'));
    await expect(running).rejects.toThrow('stopped');
  });
});

describe('startTimed', () => {
  it('keeps a program alive until it is released', async () => {
    const program = startTimed(sh('echo ready; cat; echo over'), never);
    await program.spoke;
    program.release();
    expect((await program.ended).stdout).toBe('ready\nover\n');
  });
});
