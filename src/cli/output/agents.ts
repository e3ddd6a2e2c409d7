import type { Provider } from '../../agents/providers.ts';
import type { AgentChange, AgentInfo } from '../../session/agents.ts';
import type { RulesChange, RulesFile } from '../../session/rules-files.ts';
import { renderTable } from './table.ts';

/** A line for each agent. */
export function renderAgents(list: readonly AgentInfo[]): string {
  const rows = list.map((agent) => [
    agent.name,
    agent.title,
    agent.installed ?? '-',
    newer(agent) ?? (agent.pinned === null ? '' : 'pinned'),
    agent.isLoggedIn === null ? '' : agent.isLoggedIn ? 'yes' : 'no',
    agent.isYolo ? 'yolo' : '',
  ]);
  return renderTable([['AGENT', 'NAME', 'INSTALLED', 'UPDATE', 'LOGIN FILE', ''], ...rows]);
}

function newer({ installed, latest, pinned }: AgentInfo): string | undefined {
  if (pinned !== null || latest === null || installed === latest) return undefined;
  return latest;
}

/** What was done, a line each. */
export function renderAgentChanges(changes: readonly AgentChange[]): string {
  return renderTable(changes.map((change) => [change.name, wordsOf(change)]));
}

function wordsOf({ from, to, pinned }: Omit<AgentChange, 'name'>): string {
  if (pinned === null) return 'no longer pinned';
  if (pinned !== undefined && from === to) return `pinned at ${pinned}`;
  if (pinned !== undefined) return `${wordsOf({ from, to })}, pinned`;
  if (to === null) return from === null ? 'was not installed' : `${from} removed`;
  if (from === to) return `${to} as before`;
  return from === null ? `${to} installed` : `${from} → ${to}`;
}

/** A line for each provider of `ct cc`. */
export function renderProviders(list: readonly Provider[]): string {
  const rows = list.map(({ name, baseUrl, secret, model }) => [name, baseUrl, secret, model]);
  return renderTable([['PROVIDER', 'ADDRESS', 'TOKEN (a secret)', 'MODEL'], ...rows]);
}

/** A line for each file of rules: its agent, what it is or became, its path. */
export function renderRulesFiles(list: readonly (RulesFile | RulesChange)[]): string {
  return renderTable(list.map((file) => [file.agent, stateOf(file), file.path]));
}

function stateOf(file: RulesFile | RulesChange): string {
  if ('isChanged' in file) return file.isChanged ? 'written' : 'unchanged';
  return file.bytes === null ? 'none yet' : `${file.bytes} bytes`;
}
