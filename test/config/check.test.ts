import { describe, expect, it } from 'vitest';
import { checkConfig } from '../../src/config/check.ts';

const findings = (document: Record<string, unknown>) => checkConfig(document, '/home/me').findings;

describe('checkConfig', () => {
  it('collects what is right and reports all that is wrong', () => {
    const checked = checkConfig(
      { engine: { idle_timeout: 60 }, network: { mod: 'offline' }, logs: { retention_days: 'x' } },
      '/home/me',
    );
    expect([...checked.values]).toEqual([['engine.idle_timeout', 60]]);
    expect(checked.findings.map(({ message }) => message)).toEqual([
      "unknown key 'network.mod'",
      'logs.retention_days: expected a whole number of days from 1 to 3650, found the text "x"',
    ]);
  });

  it('says what was probably meant', () => {
    expect(findings({ network: { mod: 'x' } })[0]?.hint).toBe("did you mean 'mode'?");
    expect(findings({ netwrok: {} })[0]?.hint).toBe("did you mean 'network'?");
    expect(findings({ network: { mode: 'ofline' } })[0]?.hint).toBe('did you mean "offline"?');
    expect(findings({ mode: 'offline' })[0]?.hint).toBe('it belongs under [network]');
  });

  it('wants a file when the source is an archive', () => {
    expect(findings({ image: { source: 'archive' } })).toHaveLength(1);
    expect(findings({ image: { source: 'archive', archive: '/a.tar' } })).toEqual([]);
  });

  it.each([
    [{ file: '/f', env: 'E' }, 'file and env', 'env'],
    [{ command: ['op'], file: '/f' }, 'command and file', 'file'],
    [{ env: 'E', command: ['op'], file: '/f' }, 'command and file', 'file'],
  ])('wants a secret to come from one place: %j', (table, both, second) => {
    expect(findings({ secrets: { A_KEY: table } })).toEqual([
      {
        path: ['secrets', 'A_KEY', second],
        message: `secrets.A_KEY: expected one of command, file and env, found ${both}`,
        hint: 'keep the one that it comes from',
      },
    ]);
  });

  it('takes a secret of one place', () => {
    expect(findings({ secrets: { A: { file: '/f', env: '', command: [], timeout: 3 } } })).toEqual(
      [],
    );
  });

  it.each(['http://h.example', 'https://me:pw@h.example', 'http://${HOST}/x', 'h.example'])(
    'wants the address of a provider to be https: %s',
    (base_url) => {
      expect(findings({ providers: { foo: { base_url } } })[0]).toMatchObject({
        path: ['providers', 'foo', 'base_url'],
        message: `providers.foo.base_url: expected an https:// address, found the text "${base_url}"`,
      });
    },
  );

  it.each(['', 'https://h.example/v1', 'https://${HOST}/x', '${BASE}/x'])(
    'takes %j for the address of a provider',
    (base_url) => {
      expect(findings({ providers: { foo: { base_url } } })).toEqual([]);
    },
  );

  it.each([
    ['network', 7],
    ['network', []],
    ['network', new Date(0)],
  ])('wants a table for %s, not %s', (section, content) => {
    expect(findings({ [section]: content })[0]?.message).toContain("'network' is a table, not");
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'takes %s for an unknown key and pollutes nothing',
    (name) => {
      const document = JSON.parse(`{"${name}": {"x": 1}, "network": {"${name}": 1}}`) as Record<
        string,
        unknown
      >;
      expect(findings(document)).toHaveLength(2);
      expect(({} as Record<string, unknown>)['x']).toBeUndefined();
    },
  );

  it('checks tables by name like any other', () => {
    const checked = checkConfig({ agents: { gemini: { secrets: ['A_KEY'] } } }, '/home/me');
    expect(checked.findings).toEqual([]);
    expect(checked.names).toEqual({ agents: ['gemini'] });
    expect([...checked.values]).toEqual([['agents.gemini.secrets', ['A_KEY']]]);
    expect(findings({ agents: { gemini: { secret: [] } } })[0]).toMatchObject({
      path: ['agents', 'gemini', 'secret'],
      hint: "did you mean 'secrets'?",
    });
    expect(findings({ agents: { gemini: 7 } })[0]?.hint).toContain('[agents.gemini]');
    expect(findings({ agents: { 'Ge mini': {} } })[0]?.message).toContain('cannot be a name');
    expect(findings({ agents: [] })[0]?.message).toContain("'agents' is a table");
  });
});
