import { CtError } from '../../base/errors.ts';
import { SIGNALS, type SignalName } from '../../base/exit.ts';
import type { Config } from '../../config/schema.ts';
import type { SessionContext } from '../context.ts';
import { daemonEnvironment } from '../daemon-environment.ts';
import type { SessionInfo } from '../list.ts';

/** Names of methods at the service's socket. */
export const LAUNCHER_METHODS = {
  prepare: 'launcher.prepare',
  claim: 'launcher.claim',
  signal: 'launcher.signal',
  wait: 'launcher.wait',
} as const;

/** Which session, of which installation, met with which engine. */
interface Place {
  /** The session's whole id */
  readonly session: string;
  readonly instance: string;
  /** What decides which engine is met; compared and nothing else */
  readonly surroundings: string;
}

/** What an exec needs to know of a session, and its container: what `ct ps` knows of it. */
export type Launchable = Pick<
  SessionInfo,
  'id' | 'agent' | 'project' | 'workdir' | 'secrets' | 'container' | 'pid'
>;

/** What an exec has the service prepare for those to come. It holds no secret. */
export interface LauncherWish extends Place {
  readonly about: Launchable;
  readonly config: Config;
  /** See `daemonEnvironment` */
  readonly env: Readonly<Record<string, string>>;
}

/** What an exec asks when it begins. */
export type LauncherClaim = Place;

/** What the service answers; after that the line carries the program's bytes (see `relayProgram`). */
export interface LauncherReply {
  readonly about: Launchable;
  /** Names it in what is asked of it later, and is the mark at the end of its outputs */
  readonly token: string;
}

/** The claim to a launcher in `session`. */
export function launcherClaim(session: string, context: SessionContext): LauncherClaim {
  const { config, env } = context;
  const surroundings = JSON.stringify([config.engine, daemonEnvironment(env)]);
  return { session, instance: context.instance(), surroundings };
}

/** The wish for the next exec in a session. */
export function launcherWish(session: SessionInfo, context: SessionContext): LauncherWish {
  const { id, agent, project, workdir, secrets, container, pid } = session;
  return {
    ...launcherClaim(id, context),
    about: { id, agent, project, workdir, secrets, container, pid },
    config: context.config,
    env: daemonEnvironment(context.env),
  };
}

/**
 * What came over the socket as a wish. The frame's version was checked: both sides are the same ct.
 *
 * Errors: invalid_argument
 */
export function checkedLauncherWish(params: unknown): LauncherWish {
  const { about, config, env } = fields(params) as Partial<LauncherWish>;
  if (about === undefined || config === undefined || env === undefined) throw notUnderstood();
  return { ...checkedLauncherClaim(params), about, config, env };
}

/** The same of a claim. Errors: invalid_argument */
export function checkedLauncherClaim(params: unknown): LauncherClaim {
  const [session, instance] = [wordOf(params, 'session'), wordOf(params, 'instance')];
  return { session, instance, surroundings: wordOf(params, 'surroundings') };
}

/** The same of a question about a program that runs. Errors: invalid_argument */
export function checkedToken(params: unknown): string {
  return wordOf(params, 'token');
}

/** The same of a signal for it. Errors: invalid_argument */
export function checkedSignal(params: unknown): SignalName {
  const signal = wordOf(params, 'signal');
  if (Object.hasOwn(SIGNALS, signal)) return signal as SignalName;
  throw notUnderstood();
}

function wordOf(params: unknown, name: string): string {
  const value = fields(params)[name];
  if (typeof value === 'string' && value !== '') return value;
  throw notUnderstood();
}

function fields(params: unknown): Readonly<Record<string, unknown>> {
  return typeof params === 'object' && params !== null ? { ...params } : {};
}

const notUnderstood = (): CtError =>
  new CtError('invalid_argument', 'not a question about programs in sessions');
