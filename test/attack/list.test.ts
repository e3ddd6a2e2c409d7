import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { GROUPS } from '../../src/attack/attempt.ts';
import { ATTEMPTS } from '../../src/attack/list.ts';
import { LOOKS } from '../../src/attack/looks.ts';
import { PROGRAM_PARTS } from '../../src/attack/program.ts';

const programs = PROGRAM_PARTS.map((part) => readFileSync(`templates/${part}`, 'utf8')).join('\n');
const inSession = ATTEMPTS.filter(({ stage }) => stage === 'agent' || stage === 'exec');

describe('the list of attempts', () => {
  it('has every attempt once, each with a title that fits a line', () => {
    expect(new Set(ATTEMPTS.map(({ id }) => id)).size).toBe(ATTEMPTS.length);
    expect(ATTEMPTS.filter(({ title }) => title.length > 46)).toEqual([]);
    expect(ATTEMPTS.filter(({ id }) => id.length > 9)).toEqual([]);
  });

  it('has more than a hundred that any user can try, in every group', () => {
    expect(ATTEMPTS.filter(({ stage }) => stage !== 'suite').length).toBeGreaterThan(100);
    for (const group of Object.keys(GROUPS)) {
      expect(ATTEMPTS.some((attempt) => attempt.group === group)).toBe(true);
    }
  });

  it.each(inSession.map(({ id, run }) => [id, run[0]] as const))(
    '%s names a program of the red team: %s',
    (_id, name) => {
      expect(programs).toContain(`$TRY{${name}} = sub`);
    },
  );

  it('says for each what it means to be held; no answer is not held', () => {
    const open = ATTEMPTS.filter(
      ({ stage, held }) => stage !== 'suite' && (held.length === 0 || held.includes('')),
    );
    expect(open).toEqual([]);
    expect(
      ATTEMPTS.flatMap(({ held }) => held).filter((word) => /^unknown|^ok$/u.test(word)),
    ).toEqual([]);
  });

  it('looks from outside only where somebody looks', () => {
    const after = readFileSync('src/attack/aftermath.ts', 'utf8');
    const names = ATTEMPTS.filter(({ stage }) => stage === 'outside').map(
      ({ run }) => run[0] ?? '',
    );
    expect(names.filter((name) => !(name in LOOKS) && !after.includes(`    ${name}:`))).toEqual([]);
  });

  it.each(
    ATTEMPTS.filter(({ stage }) => stage === 'suite').map(({ id, run }) => [id, run[0]] as const),
  )('%s has its test in %s', (id, file) => {
    expect(readFileSync(file ?? '', 'utf8')).toContain(`(${id})`);
  });

  it('uses nothing of the red team twice under one name, and nothing for no purpose', () => {
    const defined = [...programs.matchAll(/^\$TRY\{(\w+)\} = sub/gmu)].map(
      ([, name]) => name ?? '',
    );
    expect(new Set(defined).size).toBe(defined.length);
    const used = new Set(inSession.map(({ run }) => run[0]));
    expect(defined.filter((name) => !used.has(name))).toEqual([]);
  });
});
