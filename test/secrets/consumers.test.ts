import { describe, expect, it } from 'vitest';
import { CONSUMERS } from '../../src/secrets/consumers.ts';
import { ENVIRONMENT, kindOf } from '../../src/secrets/kinds.ts';
import { Secret } from '../../src/secrets/secret.ts';

const token = (text: string, name = 'GH_TOKEN'): Secret => new Secret(name, Buffer.from(text));
const written = (kind: keyof typeof CONSUMERS, secret: Secret): Record<string, string> =>
  Object.fromEntries(
    CONSUMERS[kind](secret).map(({ path, bytes }) => [path.join('/'), bytes.toString()]),
  );

describe('consumers', () => {
  it('of variables have no file', () => {
    expect(CONSUMERS.env(token('a'))).toEqual([]);
  });

  it('of files have the bytes as they are, and a variable that shows the way', () => {
    expect(written('file', token('a\nb\n', 'CERT'))).toEqual({ CERT: 'a\nb\n' });
    expect(ENVIRONMENT.file('CERT')).toEqual({ CERT_FILE: '/run/secrets/CERT' });
  });

  it('of git are bound to the host of the token', () => {
    expect(written('git', token('glpat-1', 'GITLAB_TOKEN'))).toEqual({
      'git/gitlab.com': 'oauth2\nglpat-1\n',
    });
  });

  it('of gh have its own files beside that of git', () => {
    const files = written('gh', token('ghp_1'));
    expect(Object.keys(files)).toEqual(['git/github.com', 'gh/hosts.yml', 'gh/config.yml']);
    expect(files['gh/hosts.yml']).toContain('    oauth_token: "ghp_1"\n');
  });

  it.each(['a b', 'a\nhost=evil.example', 'ü', 'a\r', ''])(
    'made of lines refuse a token that is not one word: %j',
    (text) => {
      expect(() => CONSUMERS.gh(token(text))).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      );
    },
  );

  it('name paths of one or two plain parts', () => {
    for (const kind of ['file', 'git', 'gh'] as const) {
      for (const { path } of CONSUMERS[kind](token('t'))) {
        expect(path.length).toBeLessThanOrEqual(2);
        for (const part of path) expect(part).toMatch(/^[A-Za-z0-9_][\w.-]*$/u);
      }
    }
  });

  it('are chosen by the agent first, then by the name', () => {
    expect(kindOf('GH_TOKEN', true)).toBe('env');
    expect(kindOf('GH_TOKEN', false)).toBe('gh');
    expect(kindOf('GITLAB_TOKEN', false)).toBe('git');
    expect(kindOf('OTHER_KEY', false)).toBe('env');
    expect(kindOf('CONSTRUCTOR', false)).toBe('env');
  });
});
