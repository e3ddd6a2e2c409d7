import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Attempt } from '../../src/attack/attempt.ts';
import { fillIn, parseAnswer, PROGRAM_PARTS, renderProgram } from '../../src/attack/program.ts';

const parts = PROGRAM_PARTS.map((part) => readFileSync(`templates/${part}`, 'utf8'));
const attempt = (id: string, ...run: string[]): Attempt => ({
  ...{ id, run, title: id, group: 'kernel', stage: 'agent', expect: 'x', held: ['x'] },
});

/** Runs the red team here, on attempts that look at nothing but this test. */
function answers(attempts: readonly Attempt[]): readonly unknown[] {
  const { stdout } = spawnSync('/usr/bin/perl', ['-'], {
    input: renderProgram(parts, attempts, {}),
    encoding: 'utf8',
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => parseAnswer(line));
}

describe('arguments', () => {
  it('get the facts of the run, lists as several', () => {
    expect(fillIn(['a', '{b}', '{c}', '{d}x'], { b: 'B', c: ['1', '2'] })).toEqual([
      'a',
      'B',
      '1',
      '2',
      '{d}x',
    ]);
    expect(() => fillIn(['{nobody}'], {})).toThrow('{nobody}');
  });
});

describe('an answer', () => {
  it('is a line of JSON with an id and what was seen', () => {
    expect(parseAnswer('{"id":"A","seen":"EPERM"}')).toEqual({ id: 'A', seen: 'EPERM' });
    for (const line of ['', 'null', '[]', '{"id":1,"seen":"x"}', '{"id":"A"', 'text']) {
      expect(parseAnswer(line)).toBeUndefined();
    }
  });
});

describe('the program', () => {
  it('answers each attempt, then says that it is ready, then what went on behind', () => {
    expect(
      answers([
        attempt('A', 'absent', '/nonexistent/ct'),
        { ...attempt('B', 'absent', '/'), background: true },
        attempt('C', 'absent', '/dev/null'),
      ]),
    ).toEqual([
      { id: 'A', seen: 'absent' },
      { id: 'C', seen: 'there: /dev/null' },
      { id: '.', seen: 'ready' },
      { id: 'B', seen: 'there: /' },
    ]);
  });

  it('carries any argument and any answer unchanged', () => {
    const odd = '/tab\tline\nreturn\rpercent%41 "quote" ünï';
    const [first] = answers([attempt('A', 'environment', odd), attempt('B', 'absent', '/')]);
    expect(first).toEqual({ id: 'A', seen: 'absent' });
  });

  it('says that it does not know when an attempt fails by itself', () => {
    const [unknownName, dies] = answers([attempt('A', 'nothing'), attempt('B', 'socket', 'x')]);
    expect(unknownName).toEqual({ id: 'A', seen: 'unknown: no program nothing' });
    expect(dies).toMatchObject({ id: 'B', seen: expect.stringMatching(/^unknown: what is x/u) });
  });
});
