import { describe, expect, it } from 'vitest';
import { looksSecret, passThrough } from '../../src/sandbox/pass-through.ts';
import { seeded } from '../support/random.ts';

const rules = { pass: [], prefixes: ['CNSTR_'] };

describe('passThrough', () => {
  it('takes a prefix off', () => {
    expect(passThrough({ CNSTR_FOO: '1', FOO_CNSTR_: '2' }, rules).env).toEqual({ FOO: '1' });
  });

  it('passes nothing that was not asked for', () => {
    expect(passThrough({ HOME: '/h', EDITOR: 'vi' }, rules).env).toEqual({});
  });

  it('lets an exact name win over a prefix, and the first prefix over a later one', () => {
    const host = { FOO: 'exact', A_FOO: 'a', B_FOO: 'b', A_BAR: 'a', B_BAR: 'b' };
    expect(passThrough(host, { pass: ['FOO'], prefixes: ['A_', 'B_'] }).env).toEqual({
      FOO: 'exact',
      BAR: 'a',
    });
  });

  it('leaves out what is no name any more', () => {
    expect(passThrough({ CNSTR_: 'x', CNSTR_1A: 'y' }, rules).env).toEqual({});
  });

  it('withholds credentials, whatever name was asked for', () => {
    const host = {
      CNSTR_ZAI_API_KEY: 'k',
      PLAIN: 'ghp_abcdefghijkl',
      DB: 'pg://u:pw@h/d',
      OK: 'v',
    };
    const passed = passThrough(host, { pass: ['PLAIN', 'DB', 'OK'], prefixes: ['CNSTR_'] });
    expect(passed.env).toEqual({ OK: 'v' });
    expect([...passed.withheld].sort()).toEqual(['CNSTR_ZAI_API_KEY', 'DB', 'PLAIN']);
  });

  it('always follows its precedence: exact, then prefixes in their order', () => {
    const random = seeded(4);
    const [names, prefixes] = [
      ['A', 'B', 'C', 'P_A', 'Q_A', 'P_B', 'Q_P_A'],
      ['P_', 'Q_', 'Q_P_'],
    ];
    for (let round = 0; round < 3000; round++) {
      const host = Object.fromEntries(
        random.list(7, () => random.pick(names)).map((name) => [name, `from ${name}`]),
      );
      const wish = {
        pass: [...new Set(random.list(3, () => random.pick(names)))],
        prefixes: [...new Set(random.list(3, () => random.pick(prefixes)))],
      };
      const { env } = passThrough(host, wish);
      const inside = new Set([...Object.keys(env), ...names]);
      for (const name of inside) {
        const sources = [
          ...(wish.pass.includes(name) ? [name] : []),
          ...wish.prefixes.map((prefix) => `${prefix}${name}`),
        ];
        const winner = sources.find((source) => host[source] !== undefined);
        expect(env[name]).toBe(winner === undefined ? undefined : host[winner]);
      }
    }
  });
});

describe('looksSecret', () => {
  it.each(['GITHUB_TOKEN', 'OPENAI_API_KEY', 'aws_secret_access_key', 'DB_PASSWORD', 'MY_PAT'])(
    'knows %s by its name',
    (name) => expect(looksSecret(name, 'x')).toBe(true),
  );

  it.each(['EDITOR', 'FOO', 'PATTERN', 'AUTHOR', 'LINES', 'PASSAGE'])(
    'takes %s for plain',
    (name) => expect(looksSecret(name, 'x')).toBe(false),
  );

  it.each([
    'sk-ant-api03-abcdefgh',
    'AKIAABCDEFGHIJKLMNOP',
    'https://me:pw@host/',
    'eyJhbGciOiJIUz.x',
  ])('knows %s by its value', (value) => expect(looksSecret('FOO', value)).toBe(true));
});
