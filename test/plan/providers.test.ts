import { describe, expect, it } from 'vitest';
import { CLAUDE_VARIABLES } from '../../src/agents/providers.ts';
import { parseConfig } from '../../src/config/parse.ts';
import {
  providerEnvironment,
  providerGrants,
  providersOf,
  resolveProvider,
  withoutClaude,
} from '../../src/plan/providers.ts';

const config = (text = '') => parseConfig({ path: '/c.toml', text, home: '/home/me' });

describe('providers', () => {
  it("are five, and the user's own", () => {
    const names = [
      ...providersOf(config('[providers.mine]\nbase_url = "https://m.example"')).keys(),
    ];
    expect(names).toEqual(['zai', 'minimax', 'kimi', 'qwen', 'mimo', 'mine']);
  });

  it('have their token by the name of the convention, unless it is named', () => {
    const all = providersOf(config('[providers.my-own]\n[providers.zai]\nsecret = "OTHER"'));
    expect(all.get('my-own')?.secret).toBe('CNSTR_MY_OWN_API_KEY');
    expect(all.get('zai')).toMatchObject({ secret: 'OTHER', timeoutMs: 3_000_000 });
  });

  it('get the variables of the user filled in, also without the prefix', () => {
    const text = '[providers.mine]\nbase_url = "https://${CNSTR_HOST}/x"\nmodel = "${M}"';
    const found = resolveProvider('mine', config(text), { HOST: 'h.example', M: 'big' });
    expect(found).toMatchObject({ baseUrl: 'https://h.example/x', model: 'big' });
  });

  it.each([
    ['[providers.mine]\nbase_url = "https://${NOT_SET}/x"', /NOT_SET is not set/u],
    ['[providers.mine]\nbase_url = "http://h.example"', /https/u],
    ['[providers.mine]\nbase_url = "https://user:pw@h.example"', /https/u],
    ['[providers.mine]', /https/u],
  ])('are refused as %j', (text, message) => {
    expect(() => resolveProvider('mine', config(text), {})).toThrow(message);
  });

  it('are named when one is misspelt', () => {
    expect(() => resolveProvider('zia', config(), {})).toThrow(
      expect.objectContaining({
        code: 'not_found',
        hint: expect.stringContaining("'zai'") as string,
      }),
    );
  });

  it('lets no variable through by which Claude goes elsewhere, and sets only such', () => {
    expect(CLAUDE_VARIABLES).toHaveLength(11);
    const crossing = Object.fromEntries([...CLAUDE_VARIABLES, 'EDITOR'].map((name) => [name, 'x']));
    expect(withoutClaude(crossing)).toEqual({ EDITOR: 'x' });
    for (const name of providersOf(config()).keys()) {
      const env = providerEnvironment(resolveProvider(name, config(), {}));
      expect(CLAUDE_VARIABLES).toEqual(expect.arrayContaining(Object.keys(env)));
      expect(env).not.toHaveProperty('ANTHROPIC_AUTH_TOKEN');
    }
  });

  it("takes Claude's own keys away and asks for the token under its own name", () => {
    const grant = (name: string) => ({ name, kind: 'env' as const, required: false });
    const plan = {
      grants: [grant('ANTHROPIC_API_KEY'), grant('CLAUDE_CODE_OAUTH_TOKEN'), grant('NPM_TOKEN')],
      offered: ['ANTHROPIC_AUTH_TOKEN'],
    };
    expect(providerGrants(plan, resolveProvider('zai', config(), {}))).toEqual({
      grants: [
        grant('NPM_TOKEN'),
        { name: 'CNSTR_ZAI_API_KEY', kind: 'env', required: true, as: 'ANTHROPIC_AUTH_TOKEN' },
      ],
      offered: [],
    });
  });
});
