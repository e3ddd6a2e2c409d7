import { printable } from '../../base/text.ts';
import type { SecretInfo } from '../../session/list-secrets.ts';
import type { Rotation } from '../../session/rotate-secret.ts';
import { renderTable } from './table.ts';

/** Names, sources and grants. */
export function renderSecrets(list: readonly SecretInfo[]): string {
  if (list.length === 0) return "no secrets; 'ct secrets set NAME' stores one\n";
  const rows = list.map(({ name, source, grants }) => [
    name,
    grants.map(({ agent, kind }) => `${agent} (${kind})`).join(', ') || '-',
    source ?? 'missing',
  ]);
  return renderTable([['SECRET', 'GRANTED TO', 'SOURCE'], ...rows]);
}

/** Every place, the used one marked. */
export function renderSources(list: readonly SecretInfo[]): string {
  const rows = list.flatMap(({ name, sources }) =>
    sources.length === 0
      ? [[name, '-', 'no source has it']]
      : sources.map(({ where, isUsed, ignored }) => [
          name,
          isUsed ? 'used' : '-',
          ignored === null ? where : `${where}: ${ignored}`,
        ]),
  );
  return `${ORDER}${rows.length === 0 ? '' : '\n'}${renderTable(rows)}`;
}

const ORDER = [
  'Sources, in the order in which they are asked:',
  '  1. [secrets.NAME] of config.toml (command, file or env), which then stands alone',
  '  2. the variable NAME of your environment',
  '  3. the file that the variable NAME_FILE names',
  "  4. the project's .env, while you trust it ('ct secrets trust')",
  "  5. what 'ct secrets set NAME' stored",
  '  6. .env beside config.toml',
  '',
].join('\n');

/** A line for each session. */
export function renderRotation({ name, sessions }: Rotation): string {
  if (sessions.length === 0) return `no running session has ${printable(name)}\n`;
  const words = { delivered: 'has the new value', restart: 'needs a restart', failed: 'FAILED' };
  const rows = sessions.map(({ id, agent, outcome, reason }) => [
    id,
    agent,
    reason === null ? words[outcome] : `${words[outcome]}: ${reason}`,
  ]);
  return renderTable(rows);
}
