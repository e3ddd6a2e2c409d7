import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue.ts';
import { gemini } from '../../src/agents/gemini.ts';
import { shell } from '../../src/agents/shell.ts';
import { DEFAULT_CONFIG, type Config } from '../../src/config/schema.ts';
import { decide } from '../../src/network/decide.ts';
import { emptyPolicy } from '../../src/network/policy.ts';
import { checkNetwork } from '../../src/plan/check-network.ts';
import { idleServices } from '../../src/plan/idle-services.ts';
import { agentRuleOf, planNetwork, type NetworkWish } from '../../src/plan/network.ts';
import { rule } from '../network/rules.ts';

const network = (parts: Partial<Config['network']>): Config['network'] => ({
  ...DEFAULT_CONFIG.network,
  ...parts,
});
const plan = (parts: Partial<Config['network']>, wish: Partial<NetworkWish> = {}) =>
  planNetwork({ mode: 'strict', agent: shell, registries: [], network: network(parts), ...wish });
const registries = [
  { tool: 'npm', host: 'packages.corp.test', port: 8443 },
  { tool: 'pip', host: 'packages.corp.test', port: 8443 },
  { tool: 'apt', host: '127.0.0.1', port: 3142 },
  { tool: 'apt', host: 'localhost', port: 3142 },
  { tool: 'cargo', host: '2001:db8::1', port: 443 },
];

describe('planNetwork', () => {
  it('allows nothing to a shell without lists', () => {
    expect(plan({})).toMatchObject({ allow: [], block: [], ports: [80, 443] });
  });

  it('brings along what an agent cannot work without, unless that is switched off', () => {
    const policy = plan({}, { agent: gemini });
    for (const name of gemini.domains)
      expect(decide(policy, { name, port: 443 }).verdict).toBe('allow');
    expect(policy.allow.every(({ origin }) => origin === 'agent gemini')).toBe(true);
    expect(plan({ agent_domains: false }, { agent: gemini }).allow).toEqual([]);
    const [first] = gemini.domains;
    const blocked = plan({ blocked_domains: [first] }, { agent: gemini });
    expect(decide(blocked, { name: first, port: 443 })).toMatchObject({ reason: 'blocked' });
  });

  it('adds registries on their own ports, each once, and none on loopback', () => {
    const policy = plan({}, { registries });
    expect(policy.allow.map(({ text, origin }) => [text, origin])).toEqual([
      ['packages.corp.test:8443', 'registry npm'],
      ['[2001:db8::1]:443', 'registry cargo'],
    ]);
    expect(policy.allowPrivate.map(({ text }) => text)).toEqual(['packages.corp.test:8443']);
    expect(plan({ registries: false }, { registries }).allow).toEqual([]);
  });

  it('is an empty policy without rules, where the mode asks none', () => {
    for (const mode of ['permissive', 'offline'] as const) {
      expect(plan({}, { mode })).toEqual(emptyPolicy(mode, [80, 443]));
    }
  });

  it('asks neither agent nor registries where no list is asked', () => {
    for (const mode of ['permissive', 'offline'] as const) {
      expect(plan({}, { mode, agent: gemini, registries }).allow).toEqual([]);
    }
  });

  it('knows the services of the host', () => {
    const host_services = { db: '127.0.0.1:5432', web: '[::1]:8080' };
    expect(plan({ host_services }).hostServices).toEqual({
      db: { address: '127.0.0.1', port: 5432 },
      web: { address: '::1', port: 8080 },
    });
    for (const wrong of [
      '5432',
      'localhost:5432',
      '127.0.0.1',
      '127.0.0.1:99999',
      '127.0.0.1:53',
    ]) {
      expect(() => plan({ host_services: { db: wrong } })).toThrow('network.host_services.db');
    }
  });

  it.each([
    [{ allowed_domains: ['203.0.113.7'] }, 'it belongs into allowed_ips'],
    [{ blocked_ips: ['a.test'] }, 'it belongs into blocked_domains'],
    [{ allow_private: ['10.0.0.0/8'] }, 'it belongs into allowed_ips'],
    [{ allowed_domains: ['https://a.test'] }, "write 'a.test'"],
  ] as const)('refuses %j with what to write', (parts, hint) => {
    expect(() => plan(parts)).toThrow(expect.objectContaining({ code: 'invalid_config', hint }));
  });

  it('bounds the number of ports, each of which has a listener', () => {
    const allowed_domains = Array.from({ length: 200 }, (_, port) => `a.test:${port + 1000}`);
    expect(() => plan({ allowed_domains })).toThrow('different ports');
  });

  it('records when it is asked to', () => {
    expect(plan({}, { record: 'shadow' }).record).toBe('shadow');
    expect(plan({})).not.toHaveProperty('record');
  });
});

describe('idleServices', () => {
  it('says that services of the host are not there, where they are not', () => {
    const network = { ...DEFAULT_CONFIG.network, host_services: { db: '127.0.0.1:5432' } };
    expect(idleServices('strict', network)).toEqual([]);
    expect(idleServices('permissive', network)[0]).toMatch(/\(db\) are for strict sessions/u);
    expect(idleServices('offline', DEFAULT_CONFIG.network)).toEqual([]);
  });
});

describe('the catalogue', () => {
  it('names hosts, at most all below a name of the maker: no address', () => {
    for (const { domains } of CATALOGUE.values()) {
      for (const text of domains) expect(rule(text)).toMatchObject({ kind: 'name' });
    }
  });

  it('tells which agent brings a rule along', () => {
    expect(agentRuleOf(rule(gemini.domains[0]))).toBe('gemini');
    expect(agentRuleOf(rule('a.test'))).toBeUndefined();
  });
});

describe('checkNetwork', () => {
  it('judges what is behind a star', async () => {
    await expect(checkNetwork(network({ allowed_domains: ['*.co.uk'] }))).rejects.toMatchObject({
      ...{
        code: 'invalid_config',
        message: expect.stringContaining('network.allowed_domains') as string,
      },
    });
    await expect(checkNetwork(network({ allow_private: ['*.com'] }))).rejects.toThrow(
      'allow_private',
    );
    await checkNetwork(network({ allowed_domains: ['*.a.test'], blocked_domains: ['*.com'] }));
  });
});
