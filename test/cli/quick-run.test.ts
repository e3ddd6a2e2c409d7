import { describe, expect, it } from 'vitest';
import RunCommand from '../../src/cli/commands/run.ts';
import { Cli } from '../../src/cli/library.ts';
import { parseTiming } from '../../src/cli/options/timing.ts';
import { dropSeparator } from '../../src/cli/options/words.ts';
import { parseQuickRun } from '../../src/cli/quick-run.ts';
import { PLAIN_RUN } from '../../src/plan/options.ts';
import { fakeContext } from './support.ts';

/** What the library makes of the same words; `undefined` when it refuses them or shows help. */
function byLibrary(argv: readonly string[]) {
  const cli = new Cli({ binaryName: 'ct' });
  cli.register(RunCommand);
  try {
    const command = cli.process([...argv], fakeContext().context);
    if (!(command instanceof RunCommand) || command.help) return undefined;
    return {
      ...PLAIN_RUN,
      agent: command.agent,
      args: dropSeparator(command.args),
      detach: command.detach,
      network: command.network,
      dryRun: command.dryRun,
      verbosity: command.verbosity,
      timing: parseTiming(command.timing),
    };
  } catch {
    return undefined;
  }
}

function quickly(argv: readonly string[]) {
  const quick = parseQuickRun(argv);
  if (quick === undefined) return undefined;
  const { options, dryRun, verbosity, timing } = quick;
  return { ...options, dryRun, verbosity, timing };
}

/** Words that ct, an agent or nobody knows; the generator is seeded, so a failure comes again. */
const WORDS = ['-v', '-vv', '-d', '--detach', '--dry-run', '-n', '--network', 'offline', 'gemini'];
const MORE = [
  '--',
  '--version',
  '-h',
  '--help',
  '--json',
  '-x',
  '',
  'a b',
  '-',
  '--network=offline',
  '--timing',
  '--timing=json',
];

function* commandLines(count: number): Generator<readonly string[]> {
  const words = [...WORDS, ...MORE];
  let seed = 42;
  const next = (below: number): number => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * below);
  };
  for (let line = 0; line < count; line++) {
    yield ['run', ...Array.from({ length: next(6) }, () => words[next(words.length)] ?? '')];
  }
}

describe('parseQuickRun', () => {
  it('reads what it reads exactly as the library does', () => {
    let read = 0;
    for (const argv of commandLines(3000)) {
      let quick;
      try {
        quick = quickly(argv);
      } catch {
        continue; // a network mode that there isn't: refused before anything starts
      }
      if (quick === undefined) continue;
      read++;
      expect({ argv, ...quick }).toEqual({ argv, ...byLibrary(argv) });
    }
    expect(read).toBeGreaterThan(300);
  });

  it('times a run on the way that other runs take', () => {
    expect(quickly(['run', '--timing', 'shell'])).toMatchObject({ agent: 'shell', timing: 'text' });
    expect(quickly(['run', '--timing=json', 'shell'])).toMatchObject({ timing: 'json' });
    expect(quickly(['run', '--timing=xml', 'shell'])).toBeUndefined();
  });

  it('reads the usual lines', () => {
    expect(quickly(['run', 'gemini', '--', '--version'])).toMatchObject({
      agent: 'gemini',
      args: ['--version'],
    });
    expect(quickly(['run', '-n', 'offline', '-d', 'shell', '-c', 'x'])).toMatchObject({
      agent: 'shell',
      args: ['-c', 'x'],
      detach: true,
      network: 'offline',
    });
  });

  it.each([[['ps']], [['run']], [['run', '--help']], [['run', '--json', 'x']], [['run', '-n']]])(
    'leaves %j to the library',
    (argv) => expect(quickly(argv)).toBeUndefined(),
  );
});
