import { CtError } from '../base/errors.ts';
import { ENVIRONMENT, kindOf, type Kind } from './kinds.ts';
import { faultOfName } from './names.ts';

/** One secret that a session gets, by name; the value is nowhere near. */
export interface Grant {
  readonly name: string;
  readonly kind: Kind;
  /** A session without it is not started */
  readonly required: boolean;
  /** Variable of the agent that gets it, where that has another name */
  readonly as?: string;
}

/** Who said which secrets an agent may have. */
export interface GrantWish {
  readonly agent: string;
  /** Names that the agent reads by itself, from its catalogue entry */
  readonly candidates: readonly string[];
  /** From `[agents.NAME]` */
  readonly configured: {
    readonly secrets: readonly string[];
    readonly secret_files: readonly string[];
    readonly required_secrets: readonly string[];
  };
  /** What the user answered earlier, or said with `ct secrets grant` */
  readonly answers: Readonly<Record<string, 'granted' | 'refused'>>;
  /** Candidates that the user's environment has */
  readonly present: readonly string[];
}

/** What a session gets, and what could be asked for. */
export interface GrantPlan {
  readonly grants: readonly Grant[];
  /** In the environment, of use to the agent, and neither granted nor refused so far */
  readonly offered: readonly string[];
}

/**
 * The secrets of a session. Nothing crosses because it lies about: a name is in the user's
 * configuration, or was granted by the user, or stays outside.
 *
 * Errors: invalid_config for a name that cannot be a secret's
 */
export function planGrants(wish: GrantWish): GrantPlan {
  const { configured, answers } = wish;
  const answered = Object.keys(answers).filter((name) => answers[name] === 'granted');
  const required = new Set(configured.required_secrets);
  const kinds = new Map<string, Kind>();
  for (const name of [...configured.secrets, ...answered, ...configured.required_secrets]) {
    kinds.set(name, kindOf(name, wish.candidates.includes(name)));
  }
  for (const name of configured.secret_files) kinds.set(name, 'file');
  for (const name of kinds.keys()) rejectUnusable(wish.agent, name);
  const grants = [...kinds]
    .map(([name, kind]) => ({ name, kind, required: required.has(name) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const offered = wish.present.filter((name) => !kinds.has(name) && answers[name] === undefined);
  return { grants, offered };
}

function rejectUnusable(agent: string, name: string): void {
  const fault = faultOfName(name);
  if (fault === undefined) return;
  throw new CtError('invalid_config', `agents.${agent}: '${name}' cannot be granted: ${fault}`, {
    hint: `take it out of [agents.${agent}] in config.toml`,
  });
}

/** Variables that show consumers of files the way; nothing secret. */
export function grantEnvironment(grants: readonly Grant[]): Readonly<Record<string, string>> {
  return Object.assign({}, ...grants.map(({ name, kind }) => ENVIRONMENT[kind](name))) as Record<
    string,
    string
  >;
}

/** `NAME:kind,NAME:kind`, for the label by which rotation finds sessions. */
export function renderGrants(grants: readonly Grant[]): string {
  return grants.map(({ name, kind }) => `${name}:${kind}`).join(',');
}

/** The grants in a label; what {@link renderGrants} did not write is left out. */
export function parseGrants(label: string | undefined): readonly Grant[] {
  return (label ?? '').split(',').flatMap((word) => {
    const [name = '', kind = ''] = word.split(':');
    if (faultOfName(name) !== undefined || !Object.hasOwn(ENVIRONMENT, kind)) return [];
    return [{ name, kind: kind as Kind, required: false }];
  });
}
