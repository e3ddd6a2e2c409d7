import { expect, it } from 'vitest';
import { fail } from '../../src/cli/fail.ts';
import { notBegun } from '../../src/session/not-begun.ts';

function shown(program: string, status: number): { text: string; exit: number } {
  const said = 'Error: runc: exec failed\n';
  const error = notBegun({ program, selector: '3f2a', status, said });
  let text = '';
  const sink = { write: (piece: string) => void (text += piece) };
  const exit = fail(error, sink, { json: false, passesStatus: true, trace: false });
  return { text, exit };
}

it('says which program there is not, and ends as a shell does', () => {
  const { text, exit } = shown('nothere', 127);
  expect(text).toMatch(/^ct: there is no program 'nothere' in the session\n {2}.*packages\.toml/u);
  expect([exit, text.includes('runc')]).toEqual([127, false]);
  expect(shown('./x', 127).text).toContain('interpreter');
});

it('says which one cannot be executed', () => {
  const { text, exit } = shown('/etc/passwd', 126);
  expect(text).toMatch(
    /^ct: '\/etc\/passwd' cannot be executed in the session\n {2}look at it: {2}/u,
  );
  expect(exit).toBe(126);
});

it('says nothing of a program that ended otherwise', () => {
  expect(notBegun({ program: 'x', selector: 's', status: 1, said: 'x' })).toBeUndefined();
});
