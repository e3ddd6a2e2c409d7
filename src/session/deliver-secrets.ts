import { CtError, isCtError } from '../base/errors.ts';
import { readSecret, sourcesOf, usedSource, type SecretHost } from '../broker/sources.ts';
import { CONSUMERS, type SecretFile } from '../secrets/consumers.ts';
import { gateLines } from '../secrets/gate-lines.ts';
import type { Grant } from '../secrets/grants.ts';
import { renamed, type Secret } from '../secrets/secret.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { removeSecretFiles, writeSecretFiles } from './secret-files.ts';

/** Secrets that were read for a session, on their way into it. */
export type Gathered = readonly { readonly grant: Grant; readonly secret: Secret }[];

/** Where the secrets of a project are looked for. */
export function secretHost(context: SessionContext, projectDir: string): SecretHost {
  const { env, paths, config } = context;
  return { env, paths, projectDir, settings: config.secrets };
}

/**
 * Reads what a session was granted. What is missing is said, and is a failure only where the user
 * called it required.
 *
 * Errors: failed_precondition for a required one that is missing; those of the sources for one that
 * cannot be read
 */
export async function gatherSecrets(
  plan: SessionPlan,
  context: SessionContext,
  signal: AbortSignal,
): Promise<Gathered> {
  const host = secretHost(context, plan.project.source);
  const gathered = await Promise.all(
    plan.secrets.grants.map(async (grant) => {
      const secret = await readGranted(grant, host, context, signal);
      if (secret === undefined) return [];
      return [{ grant, secret: grant.as === undefined ? secret : renamed(secret, grant.as) }];
    }),
  );
  return gathered.flat();
}

/**
 * Whether every required secret has a source: nothing is read for it that could take long or ask the user, so
 * whoever is about to work for minutes knows beforehand.
 *
 * Errors: as `gatherSecrets`, without those of reading a value
 */
export function requireSources(
  { secrets, project }: Pick<SessionPlan, 'secrets' | 'project'>,
  context: SessionContext,
): void {
  const host = secretHost(context, project.source);
  for (const grant of secrets.grants.filter(({ required }) => required)) {
    const isThere = namesOf(grant).some((name) => usedSource(sourcesOf(name, host)) !== undefined);
    if (!isThere) throw noSource(grant.name);
  }
}

/** `CNSTR_ZAI_API_KEY` is also looked for as `ZAI_API_KEY`. */
function namesOf({ name, as }: Grant): readonly string[] {
  const isPrefixed = as !== undefined && name.startsWith('CNSTR_');
  return isPrefixed ? [name, name.slice('CNSTR_'.length)] : [name];
}

function noSource(name: string): CtError {
  return new CtError('failed_precondition', `${name} is required, and no source has it`, {
    hint: storeHint(name),
  });
}

const storeHint = (name: string): string =>
  `store it with 'ct secrets set ${name}', or see 'ct secrets show-sources ${name}'`;

async function readGranted(
  grant: Grant,
  host: SecretHost,
  context: SessionContext,
  signal: AbortSignal,
): Promise<Secret | undefined> {
  const { name, required } = grant;
  try {
    for (const candidate of namesOf(grant)) {
      const secret = await readSecret(candidate, host, signal);
      if (secret !== undefined) return secret;
    }
    if (required) throw noSource(name);
    context.report.note(`${name} is granted, but no source has it: ${storeHint(name)}`);
  } catch (thrown) {
    if (required || !isCtError(thrown) || thrown.code === 'canceled') throw thrown;
    const hint = thrown.hint === undefined ? '' : ` (${thrown.hint})`;
    context.report.warn(`going on without ${name}: ${thrown.message}${hint}`);
  }
  return undefined;
}

/**
 * Writes the files, and gives the lines with which the gate is opened: variables of the agent's own
 * process, its words if it gets them only now, then the word that opens.
 *
 * Errors: see `writeSecretFiles`
 */
export function deliverSecrets(pid: number, gathered: Gathered, words?: readonly string[]): Buffer {
  const files = filesOf(gathered);
  if (files.length > 0) writeSecretFiles(pid, files);
  return gateLines(
    gathered.filter(({ grant }) => grant.kind === 'env').map(({ secret }) => secret),
    words,
  );
}

/** Takes the files away again, from a session that goes on. Errors: see `removeSecretFiles` */
export function withdrawSecrets(pid: number, gathered: Gathered): void {
  const files = filesOf(gathered);
  if (files.length > 0) removeSecretFiles(pid, files);
}

function filesOf(gathered: Gathered): readonly SecretFile[] {
  return gathered.flatMap(({ grant, secret }) => CONSUMERS[grant.kind](secret));
}
