import { CtError } from '../base/errors.ts';
import { readSecret, sourcesOf, usedSource } from '../broker/sources.ts';
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
 * Brings a secret's present value, or `given`, to every running session of this account that has it: to each the one
 * that it would have begun with, since the `.env` of one project is nothing for sessions in another.
 *
 * Errors: not_found when no source has it here; those of the sources and of the engine
 */
export async function rotateSecret(
  name: string,
  given: Secret | undefined,
  context: SessionContext,
): Promise<Rotation> {
  const read = readOnce(name, context);
  if (given === undefined && (await read(projectDirectory())) === undefined) {
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
    sessions: await Promise.all(
      sessions.map((session) =>
        rotateIn(session, name, async () => given ?? read(session.project), context),
      ),
    ),
  };
}

/** Reads a secret as a project has it. What comes from elsewhere is read once: the source may ask the user. */
function readOnce(name: string, context: SessionContext) {
  const values = new Map<string, Promise<Secret | undefined>>();
  return (projectDir: string): Promise<Secret | undefined> => {
    const host = secretHost(context, projectDir);
    const source = usedSource(sourcesOf(name, host));
    const place = source?.kind === 'project-env' ? source.where : '';
    const value = values.get(place) ?? readSecret(name, host);
    values.set(place, value);
    return value;
  };
}

async function rotateIn(
  session: SessionInfo,
  name: string,
  read: () => Promise<Secret | undefined>,
  context: SessionContext,
): Promise<RotatedSession> {
  const { id, agent } = session;
  const kind = session.secrets.find((grant) => grant.name === name)?.kind ?? 'env';
  try {
    const secret = await read();
    if (secret === undefined) {
      return { id, agent, outcome: 'failed', reason: 'no source has it for its project' };
    }
    const files = CONSUMERS[kind](secret);
    if (files.length === 0) return { id, agent, outcome: 'restart', reason: null };
    const { pid } = await (await context.engine()).inspect(session.container);
    writeSecretFiles(pid, files);
    return { id, agent, outcome: 'delivered', reason: null };
  } catch (thrown) {
    return { id, agent, outcome: 'failed', reason: CtError.from(thrown).message };
  }
}
