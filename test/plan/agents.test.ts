import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue.ts';
import { agentsOf, findAgent, isYolo, withVersion } from '../../src/plan/agents.ts';
import { parseConfig } from '../../src/config/parse.ts';

const config = (text: string) => parseConfig({ path: '/c.toml', text, home: '/home/me' });

describe('agents of a user', () => {
  it('are those of the catalogue without a configuration', () => {
    expect(agentsOf(config(''))).toBe(CATALOGUE);
  });

  it('are his own too, from npm', () => {
    const agent = findAgent(
      'mine',
      config(`[agents.mine]
        package = "@me/agent"
        version = "1.2.3"
        command = "my-agent"
        yolo_flag = "--go"
        domains = ["api.example"]`),
    );
    expect(agent).toMatchObject({
      name: 'mine',
      command: 'my-agent',
      install: { kind: 'npm', package: '@me/agent', version: '1.2.3' },
      yolo: { words: ['--go'] },
      domains: ['api.example'],
    });
  });

  it('may come from an archive, by digest', () => {
    const text = `[agents.mine]
      archive = "https://example.org/a.tar.gz"
      sha256 = "${'ab'.repeat(32)}"`;
    expect(findAgent('mine', config(text)).install).toEqual({
      kind: 'archive',
      version: 'abababababab',
      url: 'https://example.org/a.tar.gz',
      sha256: 'ab'.repeat(32),
    });
  });

  it.each([
    ['secrets = ["A_KEY"]', /needs package, archive or command/u],
    ['package = "--registry=x"', /name of an npm package/u],
    ['package = "../x"', /name of an npm package/u],
    ['archive = "http://example.org/a.tar.gz"', /https:\/\/ address/u],
    ['archive = "https://user:pw@example.org/a.tar.gz"', /https:\/\/ address/u],
    ['archive = "https://example.org/a.tar.gz"', /64 digits/u],
  ])('cannot be %s', (text, message) => {
    let said = '';
    try {
      agentsOf(config(`[agents.mine]\n${text}`));
    } catch (thrown) {
      said = `${(thrown as Error).message} ${(thrown as { hint: string }).hint}`;
    }
    expect(said).toMatch(message);
  });

  it('can be pinned to a version without losing anything else', () => {
    const gemini = findAgent('gemini', config('[agents.gemini]\nversion = "0.60.0"'));
    expect(gemini).toEqual(withVersion(CATALOGUE.get('gemini') ?? gemini, '0.60.0'));
    expect(gemini.install).toMatchObject({ version: '0.60.0', package: '@google/gemini-cli' });
  });

  it('keep the hosts that ct knows when they get further ones', () => {
    const { domains } = findAgent('claude', config('[agents.claude]\ndomains = ["llm.example"]'));
    expect(domains).toContain('api.anthropic.com');
    expect(domains).toContain('llm.example');
  });
});

describe('isYolo', () => {
  it.each([
    ['', false],
    ['[yolo]\nall = true', true],
    ['[yolo]\nagents = ["Gemini"]', true],
    ['[yolo]\nagents = ["ALL"]', true],
    ['[yolo]\nagents = ["claude"]', false],
    ['[agents.gemini]\nyolo = true', true],
    ['[yolo]\nall = true\n[agents.gemini]\nyolo = false', true],
  ])('for gemini with %j is %s', (text, expected) => {
    expect(isYolo('gemini', config(text))).toBe(expected);
  });
});
