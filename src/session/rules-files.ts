import type { Agent } from '../agents/agent.ts';
import { CtError } from '../base/errors.ts';
import { readBeneath, writeBeneath } from '../host/beneath.ts';
import { editTexts } from '../host/editor.ts';
import { ensurePrivateDir } from '../host/files.ts';
import { MAX_TEXT_BYTES } from '../host/text-file.ts';
import { agentsOf, findAgent } from '../plan/agents.ts';
import type { SessionContext } from './context.ts';

/** An agent's file with the user's rules for all projects. */
export interface RulesFile {
  readonly agent: string;
  /** On the host, in the agent's persistent home */
  readonly path: string;
  /** `null` while there is none */
  readonly bytes: number | null;
}

/** What became of one. */
export interface RulesChange extends RulesFile {
  readonly isChanged: boolean;
}

type Ruled = Agent & { readonly rulesFile: string };

/** The files of all agents that read one. */
export function listRules(context: SessionContext): readonly RulesFile[] {
  return ruledAgents(context).map((agent) => {
    const text = readRules(agent, context);
    return { ...place(agent, context), bytes: text === undefined ? null : text.length };
  });
}

/**
 * Opens the files of these agents in the user's editor and keeps what he changed.
 *
 * Errors: see `chosen`, `editTexts` and `writeBeneath`
 */
export async function editRules(
  names: readonly string[] | 'all',
  context: SessionContext,
): Promise<readonly RulesChange[]> {
  const agents = chosen(names, context);
  const before = agents.map((agent) => readRules(agent, context)?.toString('utf8') ?? '');
  const texts = agents.map((agent, index) => ({
    name: `${agent.name}-${agent.rulesFile.split('/').at(-1) ?? ''}`,
    text: before[index] ?? '',
  }));
  const { env, paths } = context;
  const after = await editTexts(texts, { env, runtimeDir: paths.runtimeDir });
  return agents.map((agent, index) => {
    const text = after[index] ?? '';
    return keep(agent, text, text !== before[index], context);
  });
}

/**
 * Gives these agents one text.
 *
 * Errors: invalid_argument for an empty one; see `chosen` and `writeBeneath`
 */
export function setRules(
  names: readonly string[] | 'all',
  text: string,
  context: SessionContext,
): readonly RulesChange[] {
  const agents = chosen(names, context);
  if (text.trim() === '') {
    throw new CtError('invalid_argument', 'the text of the rules is empty', {
      hint: 'to take rules away, edit the file:  ct sys agents-md AGENT',
    });
  }
  return agents.map((agent) => {
    const before = readRules(agent, context)?.toString('utf8');
    return keep(agent, text, text !== before, context);
  });
}

/** Errors: not_found for an unknown agent; invalid_argument for one that reads no such file */
function chosen(names: readonly string[] | 'all', context: SessionContext): readonly Ruled[] {
  if (names === 'all') return ruledAgents(context);
  return [...new Set(names)].map((name) => {
    const agent = findAgent(name, context.config);
    if (isRuled(agent)) return agent;
    throw new CtError('invalid_argument', `${name} reads no file with rules for all projects`, {
      hint: `agents that do: ${ruledAgents(context)
        .map((ruled) => ruled.name)
        .join(', ')}`,
    });
  });
}

function ruledAgents({ config }: SessionContext): readonly Ruled[] {
  return [...agentsOf(config).values()].filter(isRuled);
}

function isRuled(agent: Agent): agent is Ruled {
  return agent.rulesFile !== undefined;
}

function readRules(agent: Ruled, context: SessionContext): Buffer | undefined {
  return readBeneath(homeOf(agent, context), agent.rulesFile, MAX_TEXT_BYTES);
}

function keep(agent: Ruled, text: string, isChanged: boolean, context: SessionContext) {
  const home = homeOf(agent, context);
  if (isChanged) writeBeneath(ensurePrivateDir(home), agent.rulesFile, text);
  return { ...place(agent, context), bytes: Buffer.byteLength(text), isChanged };
}

function place(agent: Ruled, context: SessionContext) {
  return { agent: agent.name, path: `${homeOf(agent, context)}/${agent.rulesFile}` };
}

function homeOf(agent: Agent, { paths }: SessionContext): string {
  return `${paths.dataDir}/homes/${agent.name}`;
}
