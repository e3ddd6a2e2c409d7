import { describe, expect, it } from 'vitest';
import { asRun } from '../../src/cli/pass-through.ts';

const run = (...argv: string[]) => asRun(argv, { HOME: '/nonexistent' }, process.getuid?.() ?? 0);

describe('ct <agent>', () => {
  it.each([
    [['gemini'], ['run', 'gemini', '--']],
    [
      ['gemini', '--help'],
      ['run', 'gemini', '--', '--help'],
    ],
    [
      ['claude', '--', '-p'],
      ['run', 'claude', '--', '--', '-p'],
    ],
    [
      ['gemini', '-p', 'x', '--ct-network', 'offline'],
      ['run', '-n', 'offline', 'gemini', '--', '-p', 'x'],
    ],
    [
      ['-ct-n', 'offline', 'gemini'],
      ['run', '-n', 'offline', 'gemini', '--'],
    ],
    [
      ['--ct-network=offline', 'gemini'],
      ['run', '-n', 'offline', 'gemini', '--'],
    ],
    [
      ['gemini', '-ct-v', 'a'],
      ['run', '-v', 'gemini', '--', 'a'],
    ],
    [
      ['gemini', '--ct-debug'],
      ['run', '-v', '-v', 'gemini', '--'],
    ],
    [
      ['gemini', '--', '--ct-debug'],
      ['run', 'gemini', '--', '--', '--ct-debug'],
    ],
    [
      ['run', 'gemini', '--ct-debug'],
      ['run', '-v', '-v', 'gemini'],
    ],
  ])('%j is %j', async (argv, expected) => expect(await run(...argv)).toEqual(expected));

  it.each([
    [['cc']],
    [['cc', '--help']],
    [['ps']],
    [['shell']],
    [['agents', 'pin', 'gemini']],
    [['gemnii']],
    [['--help']],
    [[]],
    [['help']],
  ])('is not %j', async (argv) => expect(await run(...argv)).toBeUndefined());

  it.each(['--ct-network', '-ct-n', '--ct-network='])('needs a value for %s', async (flag) => {
    await expect(run('gemini', flag)).rejects.toMatchObject({ code: 'invalid_argument' });
  });
});
