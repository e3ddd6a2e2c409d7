import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { canLaunch, launchLines } from '../../../src/session/launcher/lines.ts';

/** The script of the image, by this host's shell. */
function launcher(input: Buffer): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync('sh', ['templates/launcher.sh'], {
    input,
    env: { PATH: process.env['PATH'] ?? '', STAYS: 'here' },
  });
  return { status, stdout: stdout.toString(), stderr: stderr.toString() };
}

describe('what a launcher is told', () => {
  it('is the program that it becomes: words, variables, and the rest is its input', () => {
    const words = ['two words', '', 'a\nb\n', '\n', '$(id) "q" \\ ü', '=x', '+y', 'open'];
    const env = { ONE: 'a b', LINES: 'x\n\ny\n', EMPTY: '', TRICK: '$(id)\\n', name: 'n' };
    const script = 'printf "%s|" "$@" "$ONE" "$LINES" "$EMPTY" "$TRICK" "$name" "$STAYS"; cat';
    const lines = launchLines(env, ['sh', '-c', script, 'sh', ...words]);
    const values = [...words, ...Object.values(env), 'here'];
    expect(launcher(Buffer.concat([lines, Buffer.from('=rest\n\0')]))).toEqual({
      status: 0,
      stdout: `${values.join('|')}|=rest\n\0`,
      stderr: '',
    });
  });

  it('leaves nothing of its own in the environment', () => {
    const { stdout } = launcher(launchLines({ A: '1' }, ['env']));
    expect(stdout.split('\n').filter((line) => line.startsWith('ct_'))).toEqual([]);
  });

  it('is all or nothing: half of it begins no program', () => {
    const whole = launchLines({ A: '1' }, ['echo', 'begun']);
    for (const end of [0, 5, whole.length - 6]) {
      expect(launcher(whole.subarray(0, end))).toMatchObject({ status: 125, stdout: '' });
    }
    expect(launcher(launchLines({}, []))).toMatchObject({ status: 125 });
  });

  it('ends as a shell does when there is no such program, or it is none', () => {
    expect(launcher(launchLines({}, ['no-such-program']))).toMatchObject({
      status: 127,
      stderr: expect.stringContaining('no-such-program') as string,
    });
    expect(launcher(launchLines({}, ['/etc']))).toMatchObject({ status: 126 });
  });

  it('has no variables that a shell does not have', () => {
    expect(canLaunch({ A_1: '', b: '' })).toBe(true);
    expect(canLaunch({ 'A-B': '' })).toBe(false);
    expect(canLaunch({ '1A': '' })).toBe(false);
  });
});
