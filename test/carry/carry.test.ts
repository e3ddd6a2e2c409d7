import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue.ts';
import { carry, mergeJson, type CarriedFile } from '../../src/carry/carry.ts';
import { CARRIED } from '../../src/carry/items.ts';

const file = (path: string, text: string, kind: CarriedFile['kind'] = 'settings') =>
  carry({ kind, path, bytes: Buffer.from(text) });
const TOKEN = `sk-${'a1B2'.repeat(8)}`;

describe('what is carried', () => {
  it('is known for every agent that has something to carry', () => {
    const agents = [...CATALOGUE.values()].filter(({ stateDirs }) => stateDirs.length > 0);
    expect(Object.keys(CARRIED).sort()).toEqual(agents.map(({ name }) => name).sort());
  });

  it('lies in directories of that agent, has its rules, and no login', () => {
    for (const [name, items] of Object.entries(CARRIED)) {
      const agent = CATALOGUE.get(name);
      const paths = items.map(({ path }) => path);
      expect(new Set(paths).size).toBe(paths.length);
      for (const login of agent?.loginFiles ?? []) {
        // goose keeps its provider beside its settings; a key in it is looked for in the text.
        if (login !== '.config/goose/config.yaml' && login !== '.local/share/crush/crush.json')
          expect(paths).not.toContain(login);
      }
      if (agent?.rulesFile !== undefined) {
        expect(paths.some((path) => `${agent.rulesFile}/`.startsWith(`${path}/`))).toBe(true);
      }
    }
  });
});

describe('a file', () => {
  it('goes over as it is, comments and all, when nothing has to go', () => {
    const jsonc = '{\n  // mine\n  "theme": "dark",\n}\n';
    expect(file('.gemini/settings.json', jsonc)).toEqual({ text: jsonc, removed: [] });
    const toml = '# mine\nmodel = "gpt-5"\n';
    expect(file('.codex/config.toml', toml)).toEqual({ text: toml, removed: [] });
  });

  it('loses its keys in JSON and in TOML', () => {
    expect(file('.claude/settings.json', `{"env":{"A_KEY":"${TOKEN}","B":"1"}}`)).toEqual({
      text: '{\n  "env": {\n    "B": "1"\n  }\n}\n',
      removed: ['env.A_KEY'],
    });
    const toml = `[mcp_servers.x]\ncommand = "npx"\n[mcp_servers.x.env]\nTOKEN = "hunter2"\n`;
    const carried = file('.codex/config.toml', toml);
    expect(carried).toMatchObject({ removed: ['mcp_servers.x.env.TOKEN'] });
    expect(JSON.stringify(carried)).toContain('npx');
    expect(JSON.stringify(carried)).not.toContain('hunter2');
  });

  it.each([
    ['.claude/skills/a/auth.json', '{}'],
    ['.claude/settings.json', '{"a":'],
    ['.claude/settings.json', `${'['.repeat(100_000)}`],
    ['.codex/config.toml', 'a = = 1'],
    ['.claude/settings.json', `{"a":1} // ${TOKEN}`],
    ['.codex/config.toml', `a = 1 # ${TOKEN}`],
    ['.claude/CLAUDE.md', `use ${TOKEN}`],
    ['.claude/hooks/x.sh', 'export FOO_API_KEY=a8f3k2l9d0s8f7a6q5w4\n'],
    ['.config/goose/config.yaml', 'GOOSE_API_KEY: a8f3k2l9d0s8f7a6q5w4\n'],
    ['.claude/skills/logo.png', 'PNG\0'],
  ])('stays behind where it cannot be made clean: %s', (path, text) => {
    expect(file(path, text)).toHaveProperty('refused');
  });

  it('of Claude’s state is what the user set, under the paths of projects inside', () => {
    const carried = file(
      '.claude.json',
      JSON.stringify({
        userID: 'x',
        numStartups: 7,
        theme: 'dark',
        mcpServers: { a: { command: 'b', env: { A_TOKEN: 'hunter2' } } },
        projects: { '/home/me/work/site': { allowedTools: ['Bash'], lastCost: 3 } },
      }),
      'mcp',
    );
    expect(carried).toHaveProperty('removed', ['mcpServers.a.env.A_TOKEN']);
    expect(JSON.parse((carried as { text: string }).text)).toEqual({
      theme: 'dark',
      mcpServers: { a: { command: 'b', env: {} } },
      projects: { '/projects/site': { allowedTools: ['Bash'] } },
    });
  });
});

describe('settings that the agent has', () => {
  it('get what they lack, and stay to the byte when that is nothing', () => {
    expect(JSON.parse(mergeJson('{"a":1}', '{"a":2,"b":3}') ?? '')).toEqual({ a: 1, b: 3 });
    expect(mergeJson('{ "a":1 }', '{"a":2}')).toBe('{ "a":1 }');
    expect(mergeJson('nonsense', '{}')).toBeUndefined();
  });
});
