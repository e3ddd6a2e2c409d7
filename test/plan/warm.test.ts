import { describe, expect, it } from 'vitest';
import { agentNamed } from '../../src/agents/catalogue.ts';
import { DEFAULT_CONFIG, type Config } from '../../src/config/schema.ts';
import type { Facts } from '../../src/plan/facts.ts';
import { LABEL } from '../../src/plan/labels.ts';
import { planNetwork } from '../../src/plan/network.ts';
import { PLAIN_RUN, type RunOptions } from '../../src/plan/options.ts';
import { planSession, type SessionPlan } from '../../src/plan/plan.ts';
import { asWarm, isAsConfigured, warmDigest } from '../../src/plan/warm.ts';
import { facts } from './support.ts';

function plan(
  options: Partial<RunOptions> = {},
  other: Partial<Facts> = {},
  config: Config = DEFAULT_CONFIG,
): SessionPlan {
  const all = { ...PLAIN_RUN, agent: 'gemini', ...options };
  const agent = agentNamed(all.agent);
  const { network } = config;
  const policy = planNetwork({
    mode: all.network ?? 'strict',
    network,
    agent,
    registries: [],
    record: all.record,
  });
  return planSession(all, config, agent, { ...facts, ...other }, policy);
}

const service = {
  ...{ pid: 17, startTicks: '5', pidNamespace: '1' },
  bootId: '0f9d5c6e-0000-4000-8000-0123456789ab',
};

const granted: Config = {
  ...DEFAULT_CONFIG,
  agents: { gemini: { secrets: ['KEY'], secret_files: [], required_secrets: [] } },
} as unknown as Config;

describe('warmDigest', () => {
  const before = warmDigest(plan());

  it.each<[string, SessionPlan]>([
    ['words', plan({ args: ['-p', 'hello'] })],
    ['a terminal', plan({}, { terminal: { stdinIsTty: false, stdoutIsTty: false } })],
    ['variables', plan({}, { hostEnv: { ...facts.hostEnv, TZ: 'Europe/Vienna' } })],
    ['a name', plan({}, { sessionId: '0badcafe' })],
    ['an owner', plan({}, { owner: service })],
    ['programs on the path', plan({}, { generation: 'abc' })],
    ['a review', plan({ review: true })],
    ['what could be granted', plan({}, { secrets: { ...facts.secrets, present: ['MORE'] } })],
  ])('is the same with other: %s', (_, other) => {
    expect(warmDigest(other)).toBe(before);
  });

  it.each<[string, SessionPlan]>([
    ['another network', plan({ network: 'permissive' })],
    ['a network that records', plan({ record: 'learn' })],
    ['other rules', { ...plan(), policy: { ...plan().policy, ports: [443, 8443] } }],
    ['another preset', plan({ preset: 'standard' })],
    ['a limit', plan({ limits: { pids: 77 } })],
    ['a path that may be written to', plan({ writable: ['.vscode'] })],
    ['a port of the host', plan({ published: [{ hostAddress: '::1', hostPort: 80, port: 80 }] })],
    ['another image', plan({}, { imageReference: 'localhost/ct:other' })],
    ['another agent', plan({ agent: 'codex' })],
    ['a grant', plan({}, {}, granted)],
    ['another project', plan({}, { project: { ...facts.project, inode: '1:99' } })],
    ['another version of ct', plan({}, { ctVersion: '9.9.9' })],
    ['a run that nobody follows', plan({ detach: true })],
  ])('is another one with %s', (_, other) => {
    expect(warmDigest(other)).not.toBe(before);
  });

  it('is another one with each part of the sandbox but for words, variables and terminal', () => {
    const whole = plan();
    const { sandbox } = whole.container;
    const differs = Object.keys(sandbox).filter((key) => {
      const changed = { ...sandbox, [key]: key === 'args' ? sandbox.args : ['x'] };
      const other = { ...whole, container: { ...whole.container, sandbox: changed } };
      return warmDigest(other) !== before;
    });
    const free = ['args', 'env', 'terminal'];
    expect(differs).toEqual(Object.keys(sandbox).filter((key) => !free.includes(key)));
  });
});

describe('asWarm', () => {
  const warm = asWarm(plan({ args: ['-p', 'x'] }, {}, granted), {
    session: '0123abcd',
    owner: service,
  });

  it('has the same walls around a program that does nothing, and no word of the run', () => {
    const { sandbox } = warm.container;
    const own = plan({}, {}, granted).container.sandbox;
    for (const key of ['mounts', 'seccomp', 'limits', 'userns', 'network', 'image'] as const) {
      expect(sandbox[key]).toEqual(own[key]);
    }
    expect(sandbox.args.slice(-2)).toEqual(['/usr/bin/sleep', 'infinity']);
    expect(sandbox.args.slice(0, 3)).toEqual(own.args.slice(0, 3));
    expect(JSON.stringify(sandbox.args)).not.toContain('-p');
  });

  it('has no secret, no variable of anybody, and a life and an owner of its own', () => {
    expect(warm.secrets).toEqual({ grants: [], offered: [] });
    expect(Object.keys(warm.container.sandbox.env).sort()).toEqual([
      ...['HOME', 'HOSTNAME', 'LANG', 'PATH'],
    ]);
    const { labels, name } = warm.container;
    expect(name).toBe('ct-gemini-0123abcd');
    expect(labels[LABEL.life]).toBe('warm');
    expect(labels[LABEL.session]).toBe('0123abcd');
    expect(labels[LABEL.owner]).toMatch(/^17:/u);
    // Names, for `ct secrets rotate`.
    expect(labels[LABEL.secrets]).toBe('KEY:env');
  });
});

describe('isAsConfigured', () => {
  const run = { ...PLAIN_RUN, agent: 'gemini' };

  it('is a run with words, a review and nothing more', () => {
    expect(isAsConfigured({ ...run, args: ['x'], review: true })).toBe(true);
  });

  it.each<Partial<RunOptions>>([
    { network: 'strict' },
    { preset: 'hardened' },
    { seccomp: 'strict' },
    { provider: 'zai' },
    { record: 'shadow' },
    { limits: { cpus: 1 } },
    { writable: ['.vscode'] },
    { visible: ['.env'] },
    { published: [{ hostAddress: '::1', hostPort: 80, port: 80 }] },
  ])('is none with %j, whatever is configured', (flag) => {
    expect(isAsConfigured({ ...run, ...flag })).toBe(false);
  });
});
