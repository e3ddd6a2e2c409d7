import { CtError } from '../base/errors.ts';
import { readSecret } from '../broker/sources.ts';
import { registerSecret } from '../broker/known.ts';
import { changeStore } from '../broker/store.ts';
import { projectDirectory } from '../host/facts.ts';
import { CONSUMERS } from '../secrets/consumers.ts';
import type { Secret } from '../secrets/secret.ts';
import { secretFrom } from '../secrets/value.ts';
import type { SessionContext } from './context.ts';
import { secretHost } from './deliver-secrets.ts';
import { listSessions, type SessionInfo } from './list.ts';
import { writeSecretFiles } from './secret-files.ts';

/** What a new value reached. */
export interface Rotation {
  readonly name: string;
  readonly sessions: readonly RotatedSession[];
}

/** One running session that has the secret. */
export interface RotatedSession {
  readonly id: string;
  readonly agent: string;
  /** `delivered`: its programs read the new value from now on · `restart`: a variable of a running process
   * cannot be changed · `failed`: see `reason` */
  readonly outcome: 'delivered' | 'restart' | 'failed';
  readonly reason: string | null;
}

/**
 * Stores a value that was typed, byte by byte, under `name`. Returns it as a secret.
 *
 * Errors: invalid_argument for a value that cannot be delivered; those of the store
 */
export async function storeSecret(name: string, bytes: Buffer, context: SessionContext) {
  const secret = registerSecret(secretFrom(name, bytes));
  return { secret, change: await changeStore(name, secret, context.paths) };
}

/**
 * Brings a secret's present value, or `given`, to every running session of this account that has it.
 *
 * Errors: not_found when no source has it; those of the sources and of the engine
 */
export async function rotateSecret(
  name: string,
  given: Secret | undefined,
  context: SessionContext,
): Promise<Rotation> {
  const secret = given ?? (await readSecret(name, secretHost(context, projectDirectory())));
  if (secret === undefined) {
    throw new CtError('not_found', `no source has ${name}`, {
      hint: `store it with 'ct secrets set ${name}', or see 'ct secrets show-sources ${name}'`,
    });
  }
  const sessions = (await listSessions(context)).filter(
    (session) =>
      session.status === 'running' && session.secrets.some((grant) => grant.name === name),
  );
  return {
    name,
    sessions: await Promise.all(sessions.map((session) => rotateIn(session, secret, context))),
  };
}

async function rotateIn(
  session: SessionInfo,
  secret: Secret,
  context: SessionContext,
): Promise<RotatedSession> {
  const { id, agent } = session;
  const kind = session.secrets.find(({ name }) => name === secret.name)?.kind ?? 'env';
  const files = CONSUMERS[kind](secret);
  if (files.length === 0) return { id, agent, outcome: 'restart', reason: null };
  try {
    const { pid } = await (await context.engine()).inspect(session.container);
    writeSecretFiles(pid, files);
    return { id, agent, outcome: 'delivered', reason: null };
  } catch (thrown) {
    return { id, agent, outcome: 'failed', reason: CtError.from(thrown).message };
  }
}
