import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mergeMissing, stripData } from '../../src/carry/strip.ts';

describe('settings', () => {
  it('lose logins, keys in env blocks, headers and the words of commands', () => {
    const { value, removed } = stripData({
      theme: 'dark',
      oauthAccount: { emailAddress: 'me@example.com' },
      apiKeyHelper: '/home/me/bin/key',
      mcpServers: {
        github: {
          command: 'npx',
          args: ['-y', 'server', '--api-key', 'hunter2', '--token=abc', '--port', '80'],
          env: { GITHUB_TOKEN: 'hunter2', LOG: 'debug', OTHER: 'q8w7e6r5t4z3u2i1o0p9' },
        },
        remote: {
          url: 'https://example.com/mcp',
          headers: { Authorization: 'Basic Zm9v', 'X-Mine': 'v', Accept: 'text/plain' },
        },
      },
    });
    expect(value).toEqual({
      theme: 'dark',
      mcpServers: {
        github: {
          command: 'npx',
          args: [
            '-y',
            'server',
            '--api-key',
            'REMOVED-BY-CT',
            '--token=REMOVED-BY-CT',
            '--port',
            '80',
          ],
          env: { LOG: 'debug' },
        },
        remote: { url: 'https://example.com/mcp', headers: { Accept: 'text/plain' } },
      },
    });
    expect(removed).toEqual([
      ...['oauthAccount', 'apiKeyHelper', 'mcpServers.github.args.3', 'mcpServers.github.args.4'],
      ...['mcpServers.github.env.GITHUB_TOKEN', 'mcpServers.github.env.OTHER'],
      ...['mcpServers.remote.headers.Authorization', 'mcpServers.remote.headers.X-Mine'],
    ]);
  });

  it('never keep a known token, wherever it stands', () => {
    const token = 'ghp_0123456789abcdefghijABCDEFGHIJ012345';
    const tree = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.constant(token),
        fc.constant(`see ${token}.`),
        fc.jsonValue({ maxDepth: 1 }),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.string({ maxLength: 6 }), tie('node'), { maxKeys: 4 }),
      ),
    })).node;
    fc.assert(
      fc.property(tree, (data) => {
        const { value } = stripData({ data });
        expect(JSON.stringify(value)).not.toContain(token);
      }),
    );
  });

  it('stay the same without any', () => {
    const data = { a: [1, { b: 'x' }], permissions: { allow: ['Bash(npm test)'] } };
    expect(stripData(data)).toEqual({ value: data, removed: [] });
  });

  it('cannot reach into a prototype', () => {
    const { value } = stripData(JSON.parse('{"__proto__":{"polluted":true}}'));
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('merging', () => {
  it('adds what is missing and changes nothing that is there', () => {
    const there = { theme: 'light', mcpServers: { a: { command: 'x' } }, list: [1] };
    const other = { theme: 'dark', mcpServers: { a: { command: 'y' }, b: {} }, list: [2], n: 1 };
    expect(mergeMissing(there, other)).toEqual({
      ...there,
      mcpServers: { a: { command: 'x' }, b: {} },
      n: 1,
    });
  });
});
