import { spawnSync } from 'node:child_process';
import { constants } from 'node:os';
import { describe, expect, it } from 'vitest';
import { canLaunch, launchLines } from '../../../src/session/launcher/lines.ts';

const MARK = 'mark-9f3c';

/** The script of the image, by this host's shell; its outputs without the mark, and what stood behind that. */
function launcher(input: Buffer) {
  const { status, stdout, stderr } = spawnSync('sh', ['templates/launcher.sh'], {
    input,
    env: { PATH: process.env['PATH'] ?? '', STAYS: 'here' },
  });
  const [[out = '', ...ofOut], [err = '', ...ofErr]] = [stdout, stderr].map((bytes) =>
    bytes.toString().split(MARK),
  ) as [string[], string[]];
  return { status, stdout: out, stderr: err, told: [...ofOut, ...ofErr] };
}

describe('what a launcher is told', () => {
  it('is the program that it runs: words, variables, and the rest is its input', () => {
    const words = ['two words', '', 'a\nb\n', '\n', '$(id) "q" \\ ü', '=x', '+y', 'open'];
    const env = { ONE: 'a b', LINES: 'x\n\ny\n', EMPTY: '', TRICK: '$(id)\\n', name: 'n' };
    const script = 'printf "%s|" "$@" "$ONE" "$LINES" "$EMPTY" "$TRICK" "$name" "$STAYS"; cat';
    const lines = launchLines(MARK, env, ['sh', '-c', script, 'sh', ...words]);
    const values = [...words, ...Object.values(env), 'here'];
    expect(launcher(Buffer.concat([lines, Buffer.from('=rest\n\0')]))).toEqual({
      status: 0,
      stdout: `${values.join('|')}|=rest\n\0`,
      stderr: '',
      told: ['000', '000'],
    });
  });

  it('leaves nothing of its own in the environment', () => {
    const { stdout } = launcher(launchLines(MARK, { A: '1' }, ['env']));
    expect(stdout.split('\n').filter((line) => line.startsWith('ct_'))).toEqual([]);
  });

  it('is all or nothing: half of it begins no program', () => {
    const whole = launchLines(MARK, { A: '1' }, ['echo', 'begun']);
    for (const end of [0, 5, whole.length - 6]) {
      expect(launcher(whole.subarray(0, end))).toMatchObject({ status: 125, stdout: '', told: [] });
    }
    expect(launcher(launchLines(MARK, {}, []))).toMatchObject({ status: 125 });
  });

  it('ends as a shell does when there is no such program, or it is none', () => {
    expect(launcher(launchLines(MARK, {}, ['no-such-program']))).toMatchObject({
      status: 127,
      stderr: expect.stringContaining('no-such-program') as string,
    });
    expect(launcher(launchLines(MARK, {}, ['/etc']))).toMatchObject({ status: 126 });
  });

  it('is told how its program ended, by a signal too, and says nothing of its own', () => {
    expect(launcher(launchLines(MARK, {}, ['sh', '-c', 'kill -KILL $$']))).toEqual({
      ...{ status: 137, stdout: '', stderr: '', told: ['137', '137'] },
    });
    const script = 'echo out; echo err >&2; exit 7';
    expect(launcher(launchLines(MARK, {}, ['sh', '-c', script]))).toEqual({
      ...{ status: 7, stdout: 'out\n', stderr: 'err\n', told: ['007', '007'] },
    });
  });

  it.each(['HUP', 'INT', 'QUIT', 'PIPE', 'TERM', 'USR1'])(
    'outlives a SIG%s to all of its group, which ends its program',
    (signal) => {
      const script = `trap "kill -${signal} 0; exec sleep 5" USR2; kill -USR2 $$`;
      const { stdout } = spawnSync('setsid', ['--wait', 'sh', 'templates/launcher.sh'], {
        input: launchLines(MARK, {}, ['sh', '-c', script]),
      });
      const number = constants.signals[`SIG${signal}` as NodeJS.Signals];
      expect(stdout.toString()).toBe(`${MARK}${128 + number}`);
    },
  );

  it('has no variables that a shell does not have', () => {
    expect(canLaunch({ A_1: '', b: '' })).toBe(true);
    expect(canLaunch({ 'A-B': '' })).toBe(false);
    expect(canLaunch({ '1A': '' })).toBe(false);
    expect(canLaunch({ ct_mark: '' })).toBe(false);
  });
});
