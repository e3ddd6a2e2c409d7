import type { Agent, AgentInstall } from '../agents/agent.ts';
import { agentNamed, CATALOGUE, type Catalogue } from '../agents/catalogue.ts';
import { CtError } from '../base/errors.ts';
import type { Config } from '../config/schema.ts';

type Settings = Config['agents'][string];

/**
 * The agents of this user: those that ct knows with what his configuration changes, and his own.
 *
 * Errors: invalid_config for an agent of his own that cannot be installed as it is written
 */
export function agentsOf(config: Config): Catalogue {
  const tables = Object.entries(config.agents);
  if (tables.length === 0) return CATALOGUE;
  const all = new Map(CATALOGUE);
  for (const [name, settings] of tables) {
    const known = CATALOGUE.get(name);
    const agent = known === undefined ? ownAgent(name, settings) : withSettings(known, settings);
    all.set(name, withVersion(agent, settings.version));
  }
  return all;
}

/**
 * One agent; see {@link agentsOf}.
 *
 * Errors: not_found, with the names that exist; those of `agentsOf`
 */
export function findAgent(name: string, config: Config): Agent {
  return agentNamed(name, agentsOf(config));
}

/** Whether an agent works without asking: one word for all, a list, or its own table. */
export function isYolo(name: string, config: Config): boolean {
  const { all, agents } = config.yolo;
  const listed = agents.map((word) => word.toLowerCase());
  return (
    all || listed.includes('all') || listed.includes(name) || config.agents[name]?.yolo === true
  );
}

/** The agent in one version; without one, and for what npm does not install, as it was. */
export function withVersion(agent: Agent, version: string | undefined): Agent {
  if (version === undefined || version === '' || agent.install.kind !== 'npm') return agent;
  return { ...agent, install: { ...agent.install, version } };
}

function withSettings(agent: Agent, settings: Settings): Agent {
  const { yolo_flag: flag } = settings;
  return {
    ...agent,
    install: installOf(agent.name, settings) ?? agent.install,
    command: settings.command || agent.command,
    rulesFile: rulesFileOf(agent.name, settings) ?? agent.rulesFile,
    yolo: flag === '' ? agent.yolo : { words: [flag], decided: [flag], env: {} },
    domains: [...new Set([...agent.domains, ...settings.domains])],
  };
}

/** One that ct has never heard of. */
function ownAgent(name: string, settings: Settings): Agent {
  const plain: Agent = {
    name,
    title: name,
    install: { kind: 'none' },
    command: name,
    stateDirs: [],
    rulesFile: undefined,
    loginFiles: [],
    env: {},
    yolo: { words: [], decided: [], env: {} },
    secrets: [],
    domains: [],
  };
  if (settings.package === '' && settings.archive === '' && settings.command === '') {
    throw new CtError('invalid_config', `there is no agent called '${name}', and none is defined`, {
      hint: `[agents.${name}] needs package, archive or command (docs/config.md); agents of ct: ${[...CATALOGUE.keys()].join(', ')}`,
    });
  }
  return withSettings(plain, settings);
}

function installOf(name: string, settings: Settings): AgentInstall | undefined {
  const { archive, sha256, version } = settings;
  if (settings.package !== '') {
    if (!NPM_PACKAGE.test(settings.package))
      throw wrong(name, 'package', 'the name of an npm package');
    return { kind: 'npm', package: settings.package, version: version || '*' };
  }
  if (archive === '') return undefined;
  if (!/^https:\/\/[^\s/@]+\/\S+$/u.test(archive))
    throw wrong(name, 'archive', 'an https:// address');
  if (!/^[0-9a-f]{64}$/u.test(sha256)) {
    throw wrong(name, 'sha256', "the archive's SHA-256, 64 digits from 0 to f");
  }
  return { kind: 'archive', version: version || sha256.slice(0, 12), url: archive, sha256 };
}

function rulesFileOf(name: string, { rules_file: path }: Settings): string | undefined {
  if (path === '') return undefined;
  if (path.split('/').every((part) => !['', '.', '..'].includes(part))) return path;
  throw wrong(name, 'rules_file', 'a path below its home, such as .mine/RULES.md');
}

/** Source: npm's package-name guidelines; nothing that npm could take for an option or a path */
const NPM_PACKAGE = /^(?:@[a-z0-9][a-z0-9._~-]*\/)?[a-z0-9][a-z0-9._~-]{0,200}$/u;

function wrong(name: string, key: string, expected: string): CtError {
  return new CtError('invalid_config', `agents.${name}.${key}: expected ${expected}`, {
    hint: `correct [agents.${name}] in config.toml`,
  });
}
