import { describe, expect, it } from 'vitest';
import { agentNamed } from '../../src/agents/catalogue.ts';
import type { Facts } from '../../src/plan/facts.ts';
import { PLAIN_RUN, type RunOptions } from '../../src/plan/options.ts';
import { planNetwork } from '../../src/plan/network.ts';
import { planSession, type SessionPlan } from '../../src/plan/plan.ts';
import { DEFAULT_CONFIG, type Config } from '../../src/config/schema.ts';
import { facts } from './support.ts';

const config: Config = {
  ...DEFAULT_CONFIG,
  image: { source: 'auto', registry: 'registry.example/debian:trixie-slim', archive: '' },
};

function plan(options: Partial<RunOptions> = {}, other: Partial<Facts> = {}): SessionPlan {
  const all = { ...PLAIN_RUN, agent: 'gemini', ...options };
  const agent = agentNamed(all.agent);
  const mode = all.network ?? config.network.mode;
  const registries = [{ tool: 'npm', host: 'packages.example', port: 8443 }];
  const policy = planNetwork({ mode, network: config.network, agent, registries });
  return planSession(all, config, agent, { ...facts, ...other }, policy);
}

describe('planSession', () => {
  it('leads to the programs of packages.toml, also for a program of the image, and to Chromium', () => {
    const { sandbox } = plan({ agent: 'shell' }, { generation: 'g1', hasChromium: true }).container;
    expect(sandbox.env['PATH']).toContain('/generations/g1/bin:');
    expect(sandbox.env['PUPPETEER_EXECUTABLE_PATH']).toBe('/usr/bin/chromium');
    expect(sandbox.mounts).toContainEqual(
      expect.objectContaining({ kind: 'volume', readOnly: true }),
    );
  });

  it('warns of names that change nothing', () => {
    const vainNames = ['--writable .vscod changes nothing'];
    const { warnings } = plan({}, { vainNames });
    expect(warnings).toContain(vainNames[0]);
  });

  it.each([
    ['gemini-terminal', {}, {}],
    [
      'gemini-pipe',
      { args: ['-p', 'say "hi" && $(id)'] },
      { terminal: { stdinIsTty: false, stdoutIsTty: false } },
    ],
    [
      'claude-zai',
      { agent: 'claude', provider: 'zai' },
      {
        provider: {
          name: 'zai',
          baseUrl: 'https://api.z.ai/api/anthropic',
          secret: 'CNSTR_ZAI_API_KEY',
          model: '',
          smallModel: '',
          timeoutMs: 3_000_000,
        },
        user: {
          env: { ANTHROPIC_BASE_URL: 'https://elsewhere.example', EDITOR: 'vi' },
          ignoreFile: undefined,
        },
      },
    ],
    ['gemini-strict', { network: 'strict' }, {}],
    ['shell-offline-detached', { agent: 'shell', detach: true, network: 'offline' }, {}],
  ] satisfies [string, Partial<RunOptions>, Partial<Facts>][])(
    'plans %s as written down',
    async (name, options, other) => {
      const text = `${JSON.stringify(plan(options, other), null, 2)}\n`;
      await expect(text).toMatchFileSnapshot(`../golden/plans/${name}.json`);
    },
  );

  it('is pure: the same input gives the same plan', () => {
    expect(plan()).toEqual(plan());
  });

  it('has a terminal only if both ends are terminals', () => {
    const half = { terminal: { stdinIsTty: true, stdoutIsTty: false } };
    expect(plan({}, half).container.sandbox.terminal).toBe(false);
    expect(plan().container.sandbox.terminal).toBe(true);
  });

  it('lets one run choose its network over the configuration', () => {
    expect(plan({ network: 'offline' }).network).toBe('offline');
    expect(plan().network).toBe('strict');
  });

  it('gives no container a way out of its own, in any mode: that comes at the gate', () => {
    for (const network of ['strict', 'permissive', 'offline'] as const) {
      expect(plan({ network }).container.sandbox.network.kind).toBe('none');
    }
  });

  it('drops every capability and closes the root file system, whatever was asked', () => {
    for (const agent of ['gemini', 'shell']) {
      const { sandbox } = plan({ agent }).container;
      expect(sandbox).toMatchObject({
        capabilities: [],
        noNewPrivileges: true,
        readOnlyRoot: true,
        user: { uid: 1000, gid: 1000 },
        userns: { kind: 'keep-id' },
      });
    }
  });

  it('passes arguments on as they are, behind init and the gate', () => {
    const args = ['--flag', '', 'a b', '$HOME', '--', '\n'];
    expect(plan({ args }).container.sandbox.args.slice(-args.length)).toEqual(args);
  });
});
