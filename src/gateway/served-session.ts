import type { NetworkPolicy } from '../network/policy.ts';
import type { NetworkRecord } from '../network/record.ts';
import { openAuditFile } from './audit-file.ts';
import { serveControl, type ControlServer } from './control/server.ts';
import type { NetworkStatus } from './control/protocol.ts';
import type { Published } from './inbound.ts';
import { openNamespaces } from './namespaces.ts';
import { findNetnsPrograms } from './programs.ts';
import { readProxySettings } from './proxy.ts';
import { createResolver } from './resolve.ts';
import { SessionGateway } from './session-gateway.ts';

/** A session whose network is to be served. */
export interface ServeWish {
  readonly session: string;
  readonly agent: string;
  /** Host pid of the session's PID 1 */
  readonly pid: number;
  readonly policy: NetworkPolicy;
  readonly published: readonly Published[];
  /** How often it was taken up again after whoever served it died; none: never */
  readonly generation?: number;
  /** Whoever asks for it stays, and serves it itself when whoever serves is gone */
  readonly isWatched?: boolean;
}

/** What the serving process has. */
export interface ServePlace {
  readonly runtimeDir: string;
  readonly stateDir: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A session that is being served: its gateway, its log and its control socket. */
export interface ServedSession {
  readonly policy: NetworkPolicy;
  /** Called after each change of the policy */
  onPolicy: ((policy: NetworkPolicy) => void) | undefined;
  /** Lines of its log that could not be written */
  readonly missingLines: number;
  /** Ends it, after the last notes of the kernel are in the log */
  end(): Promise<void>;
}

/** While somebody follows the log, the kernel is asked that often what it refused, `ms` */
const LOOK_MS = 2_000;

/**
 * Serves a session's network from this process until `end`. When this resolves, everything is in
 * force; when it fails, the session has no network at all. For `mayServe` see `SessionGateway`.
 *
 * Errors: see `openNamespaces`, `findNetnsPrograms` and `enterNetns`
 */
export async function serveSession(
  wish: ServeWish,
  place: ServePlace,
  mayServe?: Promise<void>,
): Promise<ServedSession> {
  const log = new SessionLog(wish.session, place);
  // Before anything is open that would have to be closed again.
  const programs = findNetnsPrograms(place.env);
  const dialer = { resolver: createResolver(), proxies: readProxySettings(place.env) };
  const gateway = await SessionGateway.attach({
    ...wish,
    namespaces: openNamespaces(wish.pid),
    env: place.env,
    programs,
    dialer,
    sink: (record) => log.write(record),
    ...(mayServe === undefined ? {} : { mayServe }),
  });
  let control: ControlServer | undefined;
  const served: ServedSession = {
    get policy() {
      return gateway.policy;
    },
    onPolicy: undefined,
    get missingLines() {
      return log.missingLines;
    },
    end: async () => {
      await control?.close();
      await gateway.end();
      log.close();
    },
  };
  try {
    control = await serveControl(place.runtimeDir, wish.session, {
      status: () => status(wish, gateway, log),
      setPolicy: async (policy) => {
        const cut = await gateway.setPolicy(policy);
        served.onPolicy?.(policy);
        return cut;
      },
      subscribe: (listener) => {
        const stop = log.subscribe(listener);
        const look = setInterval(() => void gateway.recordDenied().catch(() => undefined), LOOK_MS);
        return () => {
          clearInterval(look);
          stop();
        };
      },
    });
  } catch (thrown) {
    await served.end();
    throw thrown;
  }
  return served;
}

function status(wish: ServeWish, gateway: SessionGateway, log: SessionLog): NetworkStatus {
  return {
    session: wish.session,
    agent: wish.agent,
    policy: gateway.policy,
    names: gateway.names,
    connections: gateway.connections,
    counts: log.counts,
  };
}

/** Where a session's records go: the file, those who follow, the counts. */
class SessionLog {
  readonly #file: ReturnType<typeof openAuditFile>;
  readonly #listeners = new Set<(record: NetworkRecord) => void>();
  readonly counts = { allowed: 0, denied: 0 };

  constructor(session: string, place: ServePlace) {
    this.#file = openAuditFile(place.stateDir, session);
  }

  write(record: NetworkRecord): void {
    this.counts[record.verdict === 'allow' ? 'allowed' : 'denied'] += 1;
    this.#file.write(record);
    for (const listener of this.#listeners) listener(record);
  }

  get missingLines(): number {
    return this.#file.missing;
  }

  subscribe(listener: (record: NetworkRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): void {
    this.#file.close();
  }
}
