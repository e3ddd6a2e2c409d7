import { describe, expect, it } from 'vitest';
import { CATALOGUE, agentNamed } from '../../src/agents/catalogue.ts';
import { commandLine } from '../../src/agents/yolo.ts';
import { seeded } from '../support/random.ts';

const words = (name: string, args: readonly string[], yolo = true): readonly string[] =>
  commandLine(agentNamed(name), args, yolo).words;

const ARGS = [
  [],
  ['--version'],
  ['-p', 'do it'],
  ['exec', 'do it'],
  ['run', 'do it'],
  ['-y'],
  ['--yolo'],
  ['--approval-mode=plan'],
  ['--permission-mode', 'plan'],
  ['-s', 'read-only'],
  ['--', '--yolo'],
];

describe('commandLine', () => {
  it('is as written down for every agent, with and without yolo', async () => {
    const table: Record<string, unknown> = {};
    for (const agent of CATALOGUE.values()) {
      for (const yolo of [false, true]) {
        for (const args of ARGS) {
          const { words: line, env } = commandLine(agent, args, yolo);
          const key = `${agent.name}${yolo ? ' (yolo)' : ''}: ${args.join(' ')}`;
          table[key] = Object.keys(env).length === 0 ? line.join(' ') : [line.join(' '), env];
        }
      }
    }
    const text = `${JSON.stringify(table, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../golden/command-lines.json');
  });

  it('puts the words directly after the name, before the arguments', () => {
    expect(words('claude', ['-p', 'x'])).toEqual([
      ...['claude', '--dangerously-skip-permissions', '-p', 'x'],
    ]);
  });

  it('puts them after a subcommand that has its own', () => {
    expect(words('droid', ['exec', 'x'])).toEqual([
      'droid',
      'exec',
      '--skip-permissions-unsafe',
      'x',
    ]);
  });

  it('takes what comes after two dashes for no option', () => {
    expect(words('gemini', ['--', '-y'])).toEqual(['gemini', '--yolo', '--', '-y']);
  });

  it('never says it twice, never without yolo, and leaves the arguments alone, whatever they are', () => {
    const random = seeded(20260911);
    const all = [...CATALOGUE.values()];
    const options = all.flatMap((agent) => [...agent.yolo.words, ...agent.yolo.decided]);
    const others = ['exec', 'run', '-p', '--', 'x', '', '--flag=1', '--approval-mode=plan', '\n'];
    for (let round = 0; round < 5000; round++) {
      const agent = random.pick(all);
      const args = random.list(6, () => random.pick(random.below(2) === 0 ? options : others));
      expect(commandLine(agent, args, false)).toEqual({ words: [agent.command, ...args], env: {} });
      const [program, ...rest] = commandLine(agent, args, true).words;
      expect(program).toBe(agent.command);
      expect(withoutOne(rest, args)).toBe(true);
      const end = args.indexOf('--');
      const before = end === -1 ? args : args.slice(0, end);
      const [flag] = agent.yolo.words;
      if (flag !== undefined && before.includes(flag)) expect(rest).toEqual(args);
    }
  });
});

/** Whether `args` are in `line` in their order, with at most one run of further words among them. */
function withoutOne(line: readonly string[], args: readonly string[]): boolean {
  const extra = line.length - args.length;
  return Array.from({ length: args.length + 1 }, (_, at) => at).some((at) =>
    [...line.slice(0, at), ...line.slice(at + extra)].every((word, index) => word === args[index]),
  );
}
