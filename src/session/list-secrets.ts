import { agentsOf } from '../plan/agents.ts';
import { readAnswers } from '../broker/remembered.ts';
import { sourcesOf, usedSource, type SecretHost, type Source } from '../broker/sources.ts';
import { readStore } from '../broker/store.ts';
import { projectDirectory } from '../host/facts.ts';
import { planGrants } from '../secrets/grants.ts';
import type { Kind } from '../secrets/kinds.ts';
import type { SessionContext } from './context.ts';
import { secretHost } from './deliver-secrets.ts';

/** A secret as `ct secrets list` shows it: everything but the value. */
export interface SecretInfo {
  readonly name: string;
  /** Where it comes from; `null` when no source has it */
  readonly source: string | null;
  /** All places that have it, in the order of precedence */
  readonly sources: readonly SourceInfo[];
  readonly grants: readonly { readonly agent: string; readonly kind: Kind }[];
}

/** One place. */
export interface SourceInfo {
  readonly kind: Source['kind'];
  readonly where: string;
  readonly isUsed: boolean;
  /** Why it does not count */
  readonly ignored: string | null;
}

/**
 * Secrets that are stored, configured, granted, or that an agent would read and some source has. Nothing
 * is read but whether it is there, and no command is run.
 *
 * Errors: those of the sources
 */
export function listSecrets(context: SessionContext, only?: string): readonly SecretInfo[] {
  const host = secretHost(context, projectDirectory());
  const grants = grantsOf(context);
  const named = [
    ...readStore(context.paths).keys(),
    ...Object.keys(context.config.secrets),
    ...grants.map(({ name }) => name),
  ];
  const candidates = [...agentsOf(context.config).values()].flatMap(({ secrets }) => secrets);
  const names = only === undefined ? [...new Set([...named, ...candidates])] : [only];
  return names
    .sort()
    .map((name) => infoOf(name, host, grants))
    .filter(
      ({ name, sources }) => only !== undefined || named.includes(name) || sources.length > 0,
    );
}

function infoOf(name: string, host: SecretHost, grants: ReturnType<typeof grantsOf>): SecretInfo {
  const sources = sourcesOf(name, host);
  const used = usedSource(sources);
  return {
    name,
    source: used?.where ?? null,
    sources: sources.map((source) => ({
      kind: source.kind,
      where: source.where,
      isUsed: source === used,
      ignored: source.ignored ?? null,
    })),
    grants: grants
      .filter((grant) => grant.name === name)
      .map(({ agent, kind }) => ({ agent, kind })),
  };
}

/** What every agent of the catalogue would get now. */
function grantsOf(context: SessionContext) {
  const answers = readAnswers(context.paths.stateDir);
  return [...agentsOf(context.config).values()].flatMap(({ name: agent, secrets: candidates }) => {
    const configured = context.config.agents[agent] ?? NOTHING;
    const wish = { agent, candidates, configured, answers: answers[agent] ?? {}, present: [] };
    return planGrants(wish).grants.map(({ name, kind }) => ({ agent, name, kind }));
  });
}

const NOTHING = { secrets: [], secret_files: [], required_secrets: [] };
