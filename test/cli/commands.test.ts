import { describe, expect, it } from 'vitest';
import { Cli } from '../../src/cli/library.ts';
import { COMMANDS } from '../../src/cli/commands/index.ts';
import { mainByLibrary } from '../../src/cli/main-by-library.ts';
import { tidyUsage } from '../../src/cli/usage.ts';
import { fakeContext } from './support.ts';

const commands = await Promise.all(
  COMMANDS.map(async ({ path, load }) => {
    const { default: CommandClass } = await load();
    const definition = Cli.from([CommandClass], { binaryName: 'ct' }).definition(CommandClass);
    return {
      name: path.join(' '),
      path,
      usage: CommandClass.usage,
      definition,
      rest: CommandClass.rest,
    };
  }),
);
const shown = commands.filter(({ path }) => path[0] !== 'internal');
const nameSet = ({ definition }: (typeof commands)[number]) =>
  (definition?.options ?? []).flatMap((option) => option.nameSet);

/** Commands that give no list: they act, or pass a program's own words on. */
const LISTS_NOTHING = [
  'sys rebuild',
  'sys reset',
  ...['attach', 'start', 'stop', 'restart', 'logs', 'install', 'uninstall'].map(
    (word) => `daemon ${word}`,
  ),
  ...['attach', 'completion', 'exec', 'shell', 'sys init', 'tour'],
  ...['secrets grant', 'secrets revoke', 'secrets set', 'secrets trust', 'secrets unset'],
];

describe('every command', () => {
  it.each(shown)('says what it is for, with examples that are its own: $name', (command) => {
    const { usage, name } = command;
    expect(usage?.description).toMatch(/^.{5,80}[^.]$/u);
    expect(usage?.category).toBeTruthy();
    expect(usage?.examples?.length).toBeGreaterThan(0);
    for (const [title, line] of usage?.examples ?? []) {
      expect(title).toMatch(/[^:]$/u);
      expect(line).toContain('$0 ');
    }
    const lines = usage?.examples?.map(([, line]) => line).join('\n');
    // Two names of one command.
    expect(lines).toContain(name === 'sys doctor' ? '$0 doctor' : `$0 ${name}`);
  });

  it.each(shown)('names all words that it takes: $name', ({ definition, rest }) => {
    expect(tidyUsage(definition?.usage ?? '', rest)).not.toMatch(/ \.\.\./u);
  });

  it.each(shown)('describes every option: $name', ({ definition }) => {
    for (const { description } of definition?.options ?? []) expect(description).toBeTruthy();
  });

  it.each(shown)('has --json where it lists: $name', (command) => {
    expect(nameSet(command).includes('--json')).toBe(!LISTS_NOTHING.includes(command.name));
  });

  it.each(shown.filter((command) => nameSet(command).length > 0))(
    'knows what was meant by a misspelt option: $name',
    async ({ path, name }) => {
      const { context, stderr } = fakeContext();
      const status = await mainByLibrary([...path, '--enginee', 'x'], context);
      expect(status).not.toBe(0);
      // What follows may be a value there, so nothing of it is repeated.
      if (path[0] === 'secrets') expect(stderr.text).not.toContain('enginee');
      else if (!['exec', 'shell', 'completion'].includes(name))
        expect(stderr.text).toContain("did you mean '--engine'?");
    },
  );
});

it('is in the overview with what it is for, and what ct starts itself is not', async () => {
  const { context, stdout } = fakeContext();
  expect(await mainByLibrary(['help'], context)).toBe(0);
  for (const { name, usage } of shown) expect(stdout.text).toContain(usage?.description ?? name);
  expect(stdout.text).not.toMatch(/internal|Other/u);
});

it.each([
  ['attach', /before is not shown/u],
  ['agents', /LOGIN FILE .* empty: not known\. Keys .* `ct secrets list`/su],
])('tells what one would ask about ct %s', (name, told) => {
  expect(shown.find((command) => command.name === name)?.usage?.details).toMatch(told);
});
