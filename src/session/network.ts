import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError, isCtError } from '../base/errors.ts';
import { withoutAuthorities } from '../base/extra-authorities.ts';
import type { UndoStack } from '../base/undo.ts';
import { adopt, hold, type Adopted, type Held } from '../gateway/owner/client.ts';
import { ownerSocket, servedDir, servedFile } from '../gateway/owner/place.ts';
import { surroundingsOf } from '../gateway/owner/surroundings.ts';
import type { ServeWish } from '../gateway/served-session.ts';
import { removeQuietly } from '../host/files.ts';
import { ownService } from '../host/own-service.ts';
import { isOver } from '../host/process.ts';
import { reach } from '../host/reach.ts';
import { startLogged } from '../host/service-log.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';

/** A session's network while this process looks after it. */
export interface SessionNetwork {
  /** The session is over: begins to let it go */
  over(): void;
  /** The same, resolves when it is done, and tells the user what there is to tell */
  end(): Promise<void>;
}

/** Made of what lets it go and what tells of it. */
function network(letGo: () => Promise<void>, tellOf: () => Promise<void>): SessionNetwork {
  let gone: Promise<void> | undefined;
  const over = (): void => {
    gone ??= letGo();
    // `end` says it.
    gone.catch(() => undefined);
  };
  return {
    over,
    end: async () => {
      over();
      await gone;
      await tellOf();
    },
  };
}

/** How long the process that serves networks may take to begin, `ms`: a bound for one that hangs. */
const START_MS = 60_000;

/** What starts a process that serves. */
type NetworkPlace = Pick<SessionContext, 'env' | 'paths' | 'report'>;

/** What a network is made for: a session that has a PID 1. */
export interface Networked {
  readonly plan: SessionPlan;
  /** Host pid of PID 1 */
  readonly pid: number;
  readonly context: SessionContext;
  readonly undo: UndoStack;
}

/** A network that is being made and serves nobody yet. */
export interface ComingNetwork {
  /**
   * The session is what was planned: serves it. Resolves when everything of it is in force; a failure
   * leaves the session without a network.
   *
   * Errors: see `serveSession`
   */
  serve(): Promise<SessionNetwork>;
  /** The session will not be: nobody serves it. No effect after `serve`. */
  drop(): void;
}

/**
 * Begins a session's network while the entry point comes to its gate: rules and sockets are made inside,
 * which takes a process and twenty milliseconds, and lead nowhere before `serve`.
 *
 * Whoever serves networks here already serves this one too; else this process does it itself, or, for a
 * session that it will leave, starts one that does, which begins with `serve`.
 */
export function beginNetwork(session: Networked): ComingNetwork {
  const { plan, context } = session;
  const isOurs = servesItself(plan, context.paths);
  let allow = (): void => undefined;
  let drop = (_why: Error): void => undefined;
  const mayServe = new Promise<void>((resolve, reject) => {
    allow = resolve;
    drop = reject;
  });
  mayServe.catch(() => undefined);
  const begun = isOurs ? serveHere(wishOf(session), session, mayServe) : undefined;
  begun?.catch(() => undefined);
  const held = isOurs ? undefined : holdThere(session, mayServe);
  const dropped = new CtError('failed_precondition', 'the session did not come to its gate');
  session.undo.push('network in the making', async () => drop(dropped));
  return {
    serve: async () => {
      allow();
      return begun ?? (await held) ?? connect(session);
    },
    drop: () => drop(dropped),
  };
}

/**
 * By whoever serves networks here. `undefined` when there is nobody, or it does not come about: then it is tried from
 * the beginning, which says why.
 */
async function holdThere(
  session: Networked,
  mayServe: Promise<void>,
): Promise<SessionNetwork | undefined> {
  const { paths, env } = session.context;
  const wish = wishOf(session);
  const surroundings = session.plan.detach ? undefined : surroundingsOf(env);
  let held: Held | undefined;
  try {
    held = await hold(paths.runtimeDir, wish, surroundings);
    await mayServe;
    const adopted = await held?.serve();
    return adopted === undefined ? undefined : await watchOver(adopted, wish, session);
  } catch {
    held?.drop();
    return undefined;
  }
}

/** Whether this process serves a session's network: somebody has to, and nobody else does already. */
export function servesItself(
  { detach }: Pick<SessionPlan, 'detach'>,
  { runtimeDir }: Pick<SessionContext['paths'], 'runtimeDir'>,
): boolean {
  return !detach && !existsSync(ownerSocket(runtimeDir));
}

/** What whoever serves the session's network is told. */
export function wishOf({ plan, pid }: Pick<Networked, 'plan' | 'pid'>): ServeWish {
  const { session, agent, policy, published } = plan;
  const wish = { session, agent, pid, policy, published };
  return plan.detach ? wish : { ...wish, isWatched: true };
}

async function connect(session: Networked): Promise<SessionNetwork> {
  const { plan, context } = session;
  const wish = wishOf(session);
  const adopted = plan.detach
    ? await adopt(context.paths.runtimeDir, wish)
    : await adoptAlike(wish, session);
  if (adopted !== undefined) return watchOver(adopted, wish, session);
  if (!plan.detach) return serveHere(wish, session);
  await startOwner(context);
  return serveThere(wish, context);
}

/** Connections that have to leave by other proxies than the serving process's leave from this process. */
async function adoptAlike(
  wish: ServeWish,
  { context: { paths, env, report } }: Networked,
): Promise<Adopted | undefined> {
  try {
    return await adopt(paths.runtimeDir, wish, surroundingsOf(env));
  } catch (thrown) {
    if (!isCtError(thrown, 'unsupported')) throw thrown;
    report.verbose(`this process serves the network: ${thrown.message}`);
    return undefined;
  }
}

/** In this process, for as long as it runs. */
async function serveHere(
  wish: ServeWish,
  { context, undo }: Networked,
  mayServe?: Promise<void>,
): Promise<SessionNetwork> {
  const { serveSession } = await import('../gateway/served-session.ts');
  const served = await serveSession(wish, { ...context.paths, env: context.env }, mayServe);
  undo.push('network', () => served.end());
  return network(
    () => served.end(),
    async () => {
      if (served.missingLines > 0) {
        const text = `${served.missingLines} lines of the network log could not be written: is the disk full?`;
        context.report.warn(text);
      }
      await tell(wish, context);
    },
  );
}

/**
 * In another process; when that one dies while the session runs, this one takes over. A detached session
 * is left to it.
 */
async function watchOver(
  adopted: Adopted,
  wish: ServeWish,
  session: Networked,
): Promise<SessionNetwork> {
  const { context, plan } = session;
  let isDone = plan.detach;
  let here: Promise<SessionNetwork> | undefined;
  void adopted.lost.then((isInOrder) => {
    // Who serves may see the end of a session before its engine tells of it.
    if (isDone || isOver(wish.pid)) return;
    const text = 'the process that served the network has ended: this one does it now';
    if (isInOrder) context.report.verbose(text);
    else context.report.warn(text);
    here = takeOver(wish, session);
    here.catch((error: unknown) =>
      context.report.warn(`the session has no network: ${String(error)}`),
    );
  });
  let served: SessionNetwork | undefined;
  return network(
    async () => {
      isDone = true;
      served = await here?.catch(() => undefined);
      if (served === undefined) await adopted.finish();
      else served.over();
    },
    async () => {
      if (served !== undefined) await served.end();
      else if (!plan.detach) await tell(wish, context);
    },
  );
}

/** With the rules as they were changed by then, not as they were at the start. */
async function takeOver(wish: ServeWish, session: Networked): Promise<SessionNetwork> {
  const { lastServed } = await import('../gateway/owner/remembered.ts');
  const { runtimeDir } = session.context.paths;
  const last = lastServed(runtimeDir, wish);
  // It is nobody else's to take up again.
  removeQuietly(servedFile(runtimeDir, wish.session));
  return serveHere({ ...last, generation: 1 }, session);
}

/** Loaded at the end: until then nobody needs it. */
async function tell(wish: ServeWish, context: SessionContext): Promise<void> {
  const { tellNetwork } = await import('./tell-network.ts');
  tellNetwork(wish, context);
}

/** In the process that was just started. */
async function serveThere(wish: ServeWish, context: SessionContext): Promise<SessionNetwork> {
  for (const until = performance.now() + START_MS; performance.now() < until;) {
    const adopted = await adopt(context.paths.runtimeDir, wish);
    if (adopted !== undefined) {
      return network(
        async () => adopted.release(),
        async () => undefined,
      );
    }
    await sleep(10);
  }
  throw new CtError('deadline_exceeded', 'the process that serves networks does not begin to', {
    hint: `see ${context.paths.stateDir}/logs/network.log`,
  });
}

/**
 * Starts the process that serves networks of sessions without an owner; it leaves with the last. A user
 * service that systemd starts when it is asked does that instead.
 */
async function startOwner({ env, paths }: NetworkPlace): Promise<void> {
  const { askDaemon } = await import('./daemon.ts');
  if ((await askDaemon(paths.runtimeDir).catch(() => undefined)) !== undefined) return;
  const [program, ...args] = ownService(['serve']);
  const log = `${paths.stateDir}/logs/network.log`;
  await startLogged({ program, args, env: withoutAuthorities(env) }, log);
}

/**
 * Has the sessions whose serving process was killed taken up again: until then they have no network.
 * Returns whether there was anything to do.
 */
export async function reviveNetworks(context: NetworkPlace): Promise<boolean> {
  const { runtimeDir } = context.paths;
  if (!existsSync(servedDir(runtimeDir))) return false;
  const { hasUnserved } = await import('../gateway/owner/remembered.ts');
  if (!hasUnserved(runtimeDir)) return false;
  const owner = await reach(ownerSocket(runtimeDir));
  owner?.destroy();
  if (owner !== undefined) return false;
  context.report.verbose('the process that serves networks is gone: starting it again');
  await startOwner(context);
  return true;
}
