import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue.ts';
import { parseConfig } from '../../src/config/parse.ts';
import { findAgent } from '../../src/plan/agents.ts';
import { planNetwork } from '../../src/plan/network.ts';
import { PLAIN_RUN, type RunOptions } from '../../src/plan/options.ts';
import { planSession } from '../../src/plan/plan.ts';
import { resolveProvider } from '../../src/plan/providers.ts';
import { passThrough } from '../../src/sandbox/pass-through.ts';
import { facts } from './support.ts';

/** A configuration file, a command line and a user's environment. */
interface Case {
  readonly toml?: string;
  readonly run: Partial<RunOptions> & { readonly agent: string };
  readonly env?: Readonly<Record<string, string>>;
}

/** The whole way from the texts to the plan, and of the plan what the rows are about. */
function planned({ toml = '', run, env = {} }: Case) {
  const config = parseConfig({ path: '/c.toml', text: toml, home: '/home/someone' });
  const agent = findAgent(run.agent, config);
  const options = { ...PLAIN_RUN, ...run };
  const mode = options.network ?? config.network.mode;
  const policy = planNetwork({ mode, network: config.network, agent, registries: [] });
  const { env: passed, withheld } = passThrough(env, config.environment);
  const provider =
    run.provider === undefined ? {} : { provider: resolveProvider(run.provider, config, env) };
  const all = {
    ...facts,
    ...provider,
    user: { env: passed, ignoreFile: undefined },
    secrets: { answers: {}, present: agent.secrets.filter((name) => name in env) },
  };
  const plan = planSession(options, config, agent, all, policy);
  const { sandbox } = plan.container;
  return {
    command: plan.command,
    env: sandbox.env,
    withheld,
    secrets: plan.secrets,
    home: plan.home,
    project: plan.project.target,
    network: plan.network,
    names: plan.policy.allow.map(({ text }) => text),
    writable: sandbox.mounts.flatMap((mount) =>
      mount.kind !== 'tmpfs' && !mount.readOnly ? [mount.target] : [],
    ),
  };
}

const YOLO_ALL = '[yolo]\nall = true\n';
const OWN_PROVIDER = '[providers.mine]\nbase_url = "https://${HOST}/v1"\nmodel = "m1"\n';
const every = (toml: string): [string, Case][] =>
  [...CATALOGUE.keys()].map((agent) => [agent, { toml, run: { agent, args: ['x'] } }]);

/** Rows of the feature map: groups G (mounts), H (entry), I (agents), J (yolo), K (providers), L (environment). */
const ROWS: Readonly<Record<string, Case>> = {
  'G 125, 127, 132: project, home, PATH': { run: { agent: 'gemini' } },
  'H 147, 149: an agent of the user': {
    toml: '[agents.mine]\npackage = "@me/mine"\ncommand = "mine-cli"\nyolo_flag = "--go"\ndomains = ["api.mine.example"]\n',
    run: { agent: 'mine', args: ['a b', '--', '-x'] },
  },
  ...Object.fromEntries(every('').map(([name, one]) => [`I 150-163: ${name}`, one])),
  'I 165: terminal identity': { run: { agent: 'codex' }, env: { EDITOR: 'vi' } },
  ...Object.fromEntries(every(YOLO_ALL).map(([name, one]) => [`J 167: ${name} (yolo)`, one])),
  'J 168: said already': { toml: YOLO_ALL, run: { agent: 'gemini', args: ['--yolo'] } },
  'J 169: all wins over the list': {
    toml: '[yolo]\nall = true\nagents = ["codex"]\n',
    run: { agent: 'gemini' },
  },
  'J 169: the list, whatever its capitals': {
    toml: '[yolo]\nagents = ["Codex"]\n',
    run: { agent: 'codex' },
  },
  'J 169: not in the list': { toml: '[yolo]\nagents = ["codex"]\n', run: { agent: 'gemini' } },
  ...Object.fromEntries(
    ['zai', 'minimax', 'kimi', 'qwen', 'mimo'].map((provider) => [
      `K 171-175, 181: ${provider}`,
      { run: { agent: 'claude', provider } },
    ]),
  ),
  'K 176, 180: a provider of the user, with his variables': {
    toml: OWN_PROVIDER,
    run: { agent: 'claude', provider: 'mine' },
    env: { CNSTR_HOST: 'under.example', HOST: 'models.example' },
  },
  'K 177, 179: the variables of Claude are reset, whatever was passed': {
    toml: '[environment]\npass = ["ANTHROPIC_MODEL", "ANTHROPIC_BASE_URL", "API_TIMEOUT_MS", "EDITOR"]\n',
    run: { agent: 'claude', provider: 'zai' },
    env: {
      ...{ ANTHROPIC_MODEL: 'm', ANTHROPIC_BASE_URL: 'https://e.example', API_TIMEOUT_MS: '1' },
      EDITOR: 'vi',
    },
  },
  'K 182: the next run is without them': {
    toml: '[environment]\npass = ["ANTHROPIC_MODEL"]\n',
    run: { agent: 'claude' },
    env: { ANTHROPIC_MODEL: 'm' },
  },
  'L 183-185: exact, prefix, and exact before prefix': {
    toml: '[environment]\npass = ["A"]\nprefixes = ["CNSTR_", "MY_"]\n',
    run: { agent: 'shell' },
    env: { A: 'exact', CNSTR_A: 'prefix', CNSTR_B: 'first', MY_B: 'second', C: 'stays' },
  },
  'L 187, 188: keys cross as grants only': {
    toml: '[environment]\npass = ["GEMINI_API_KEY"]\n',
    run: { agent: 'gemini' },
    env: { GEMINI_API_KEY: 'value', CNSTR_GEMINI_API_KEY: 'value', GOOGLE_API_KEY: 'value' },
  },
};

describe('the plan of a configuration, an agent and flags', () => {
  it.each(Object.entries(ROWS))('is as written down: %s', async (row, one) => {
    const name = row.replace(/[^A-Za-z0-9]+/gu, '-').replace(/-+$/u, '');
    const text = `${JSON.stringify(planned(one), null, 2)}\n`;
    await expect(text).toMatchFileSnapshot(`../golden/rows/${name}.json`);
  });

  it('never holds the value of a key', () => {
    const text = JSON.stringify(planned(ROWS['L 187, 188: keys cross as grants only'] as Case).env);
    expect(text).not.toContain('"value"');
  });
});

describe('precedence', () => {
  const NAMES = ['ANTHROPIC_MODEL', 'API_TIMEOUT_MS', 'EDITOR', 'PAGER'];
  const value = fc.constantFrom('one', 'two', 'three');
  const user: fc.Arbitrary<Partial<Record<string, string>>> = fc.record(
    Object.fromEntries(
      [...NAMES, ...NAMES.map((name) => `CNSTR_${name}`)].map((name) => [name, value]),
    ),
    { requiredKeys: [] },
  );
  const pass = fc.subarray(NAMES);

  it('is provider over exact over prefix, whatever is set', () => {
    fc.assert(
      fc.property(user, pass, fc.boolean(), (set, exact, isProvided) => {
        const env = set as Record<string, string>;
        const toml = `[environment]\npass = ${JSON.stringify(exact)}\n`;
        const run = { agent: 'claude', ...(isProvided && { provider: 'zai' }) };
        const { env: inside } = planned({ toml, run, env });
        for (const name of NAMES) {
          const fromUser = (exact.includes(name) ? env[name] : undefined) ?? env[`CNSTR_${name}`];
          const isReset = isProvided && name !== 'EDITOR' && name !== 'PAGER';
          const provided = name === 'API_TIMEOUT_MS' ? '3000000' : undefined;
          expect(inside[name]).toBe(isReset ? provided : fromUser);
        }
      }),
    );
  });

  it('is one run’s flag over the configuration, for network and yolo', () => {
    const modes = fc.constantFrom('strict', 'permissive', 'offline');
    fc.assert(
      fc.property(modes, fc.option(modes, { nil: undefined }), (configured, flag) => {
        const toml = `[network]\nmode = "${configured}"\n`;
        const run = { agent: 'gemini', ...(flag !== undefined && { network: flag }) };
        expect(planned({ toml, run: run }).network).toBe(flag ?? configured);
      }),
    );
  });
});
