import { createServer, isIP, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { decide, decideTarget, portsOf } from '../network/decide.ts';
import { NAME_LIMITS, NameTable } from '../network/names.ts';
import type { NetworkPolicy, Request } from '../network/policy.ts';
import { renderPermissive } from '../network/ruleset-permissive.ts';
import { renderOffline, renderStrict, type Listener } from '../network/ruleset.ts';
import type { RawSocket } from '../host/handed-sockets.ts';
import type { Connection } from './control/protocol.ts';
import { answerNames } from './answer-names.ts';
import { carry, requestOf, type ConnectionService } from './connection.ts';
import { deniedAttempts, whyDenied } from './denied.ts';
import { ownAddresses, type Dialer } from './dial.ts';
import { DnsServer, type DnsResponder } from './dns-server.ts';
import { forwardNames } from './forward-names.ts';
import { HttpProxy } from './http.ts';
import { Inbound, type Published } from './inbound.ts';
import type { Namespaces } from './namespaces.ts';
import { enterNetns, type NetnsPrograms, type SocketWish } from './netns-helper.ts';
import { Recorder, type RecordSink } from './recorder.ts';
import { breakOff } from './relay.ts';
import { Traffic } from './traffic.ts';
import { attachUplink, type Uplink } from './uplink.ts';

/** What a session's gateway is made from. */
export interface GatewayWish {
  readonly session: string;
  /** Host pid of the session's PID 1 */
  readonly pid: number;
  readonly namespaces: Namespaces;
  readonly published: readonly Published[];
  /** See `NameTable` */
  readonly generation?: number;
  readonly env: NodeJS.ProcessEnv;
  readonly policy: NetworkPolicy;
  readonly programs: NetnsPrograms;
  readonly dialer: Dialer;
  readonly sink: RecordSink;
  /** Rules and sockets are made before it settles, nothing is served until then; none: at once */
  readonly mayServe?: Promise<void>;
}

/** Address of lo inside: programs that look for one beside loopback find it. */
const ADDRESS = '10.64.0.2';
/** Above the ports that the kernel gives to connections, so that no program inside is in the way. */
const FIRST_LISTENER = 61_001;
const MAX_CONNECTIONS = 1_024;
/** Connections that the end of a session finds open have this to end by themselves, then to be noted, `ms` */
const LAST_WORDS_MS = 50;

interface Live {
  readonly inside: Socket;
  readonly request: Request;
  readonly startedMs: number;
  /** Address that was dialled for it; undefined before, and `proxy …` behind one */
  dialled?: string;
  isRevoked: boolean;
  /** Settles with its line in the log */
  over?: Promise<void>;
}

/** Whether a policy lets an open connection be: by what was asked for, and by where that led. */
function isAllowed(policy: NetworkPolicy, { request, dialled }: Live): boolean {
  const verdict = decide(policy, request);
  if (verdict.verdict === 'deny' || verdict.service !== undefined)
    return verdict.verdict === 'allow';
  if (dialled === undefined || isIP(dialled) === 0) return true;
  return decideTarget(policy, { ...request, address: dialled }, []).verdict === 'allow';
}

/**
 * The network of one session: sockets that were made inside, served from here, and for a permissive one
 * the way out. While it is open the session has exactly what its policy says; when it is closed, or this
 * process dies, nothing.
 */
export class SessionGateway {
  readonly #wish: GatewayWish;
  readonly #names: NameTable;
  readonly #recorder: Recorder;
  readonly #servers: Server[] = [];
  readonly #live = new Set<Live>();
  readonly #noted = new Set<string>();
  readonly #service: ConnectionService;
  #dns: DnsServer | undefined;
  #http: HttpProxy | undefined;
  #inbound: Inbound | undefined;
  #uplink: Uplink | undefined;
  #traffic: Traffic | undefined;
  #listeners: readonly Listener[] = [];
  #policy: NetworkPolicy;
  #isClosed = false;

  private constructor(wish: GatewayWish) {
    this.#wish = wish;
    this.#names = new NameTable(NAME_LIMITS, wish.generation);
    this.#policy = wish.policy;
    this.#recorder = new Recorder(wish.session, wish.sink);
    this.#service = {
      policy: () => this.#policy,
      names: this.#names,
      recorder: this.#recorder,
      dialer: wish.dialer,
      http: () => (this.#http ??= new HttpProxy()),
    };
  }

  /**
   * Makes the network inside and begins to serve it. Nothing is served if any part of it fails, or
   * `mayServe` does.
   *
   * Errors: see `enterNetns`
   */
  static async attach(wish: GatewayWish): Promise<SessionGateway> {
    const gateway = new SessionGateway(wish);
    try {
      await gateway.#begin();
      await wish.mayServe;
      if (wish.published.length > 0) {
        gateway.#inbound = await Inbound.open(wish.published, (count) => gateway.#streams(count));
      }
      // One that is taken up again may have notes of the time before.
      if (wish.generation === undefined) gateway.#traffic = new Traffic(wish.pid);
      return gateway;
    } catch (thrown) {
      gateway.close();
      throw thrown;
    }
  }

  get policy(): NetworkPolicy {
    return this.#policy;
  }

  /** Names that have an address in this session */
  get names(): number {
    return this.#names.size;
  }

  /** Connections that are open */
  get connections(): readonly Connection[] {
    return [...this.#live].map(({ inside, request, startedMs }) => ({
      ...request,
      sent: inside.bytesRead,
      received: inside.bytesWritten,
      openMs: Math.round(performance.now() - startedMs),
    }));
  }

  /**
   * Holds from now on: new questions and connections are judged by it at once, live connections that it
   * does not allow are reset, and ports that are new get their listeners. Resolves to the number of
   * connections that were cut.
   */
  async setPolicy(policy: NetworkPolicy): Promise<number> {
    let cut = 0;
    this.#policy = policy;
    for (const live of this.#live) {
      if (isAllowed(policy, live)) continue;
      live.isRevoked = true;
      cut += 1;
      breakOff(live.inside);
    }
    if (policy.mode === 'strict') await this.#openNewPorts();
    if (policy.mode === 'permissive') await this.#enter([], this.#permissiveRules());
    return cut;
  }

  /**
   * Records what the kernel refused before it came to a listener, each attempt once. An offline session
   * has no rules that note anything.
   */
  async recordDenied(): Promise<void> {
    if (this.#isClosed || this.#policy.mode === 'offline') return;
    const own = ownAddresses();
    await deniedAttempts(this.#wish.namespaces, this.#wish.programs, (attempt) => {
      const { address, ...rest } = attempt;
      const key = `${address} ${rest.protocol} ${rest.port ?? ''}`;
      if (this.#noted.has(key)) return;
      this.#noted.add(key);
      const name = this.#names.nameOf(address);
      const why = whyDenied(this.#policy, attempt, own);
      const denied = { event: 'connect', verdict: 'deny', ...rest, ...why } as const;
      this.#recorder.write({ ...denied, ...(name === undefined ? { address } : { name }) });
    });
  }

  /** Ends the session's network; resolves when the log has all that there was. */
  async end(): Promise<void> {
    // To ask the rules takes two programs and tens of milliseconds, for which the user waits.
    if (this.#traffic?.isNone !== true) await this.recordDenied().catch(() => undefined);
    const open = Promise.all([...this.#live].flatMap(({ over }) => over ?? []));
    const soon = (): Promise<unknown> => Promise.race([open, sleep(LAST_WORDS_MS)]);
    // Programs that have ended have hung up: what they said last still goes out.
    if (this.#live.size > 0) await soon();
    this.close();
    if (this.#live.size > 0) await soon();
  }

  /** Ends it at once and lets its namespaces go. */
  close(): void {
    this.#isClosed = true;
    this.#uplink?.close();
    this.#inbound?.close();
    this.#dns?.close();
    for (const server of this.#servers) server.close();
    for (const { inside } of this.#live) breakOff(inside);
    this.#recorder.close();
    this.#traffic?.close();
    this.#wish.namespaces.close();
  }

  async #begin(): Promise<void> {
    switch (this.#policy.mode) {
      case 'offline':
        await this.#enter([], renderOffline());
        return;
      case 'strict':
        return this.#beginStrict();
      case 'permissive':
        return this.#beginPermissive();
    }
  }

  async #beginStrict(): Promise<void> {
    this.#listeners = this.#wantedPorts().map((port, index) => ({
      port,
      listener: FIRST_LISTENER + index,
    }));
    const ruleset = renderStrict({ address: ADDRESS, listeners: this.#listeners });
    const sockets = await this.#enter([...DNS, ...this.#listeners.map(listenerWish)], ruleset);
    await this.#awaitWord(sockets);
    this.#serveDns(sockets, answerNames({ ...this.#service }));
    this.#serve(this.#listeners, sockets);
  }

  /** The rules first: there is no moment at which the way out is open without them. */
  async #beginPermissive(): Promise<void> {
    const sockets = await this.#enter(DNS, this.#permissiveRules());
    await this.#awaitWord(sockets);
    this.#serveDns(sockets, forwardNames(this.#service));
    this.#uplink = await attachUplink(this.#wish.pid, this.#wish.env);
  }

  /** Waits for the word to serve; without it the sockets go, which nobody else would close. */
  async #awaitWord(sockets: Sockets): Promise<void> {
    try {
      await this.#wish.mayServe;
    } catch (thrown) {
      for (const socket of [...sockets.values()].flat()) socket.close();
      throw thrown;
    }
  }

  #permissiveRules(): string {
    return renderPermissive({
      policy: this.#policy,
      hostAddresses: ownAddresses(),
      dns: { kind: 'gateway' },
    });
  }

  #serveDns(sockets: Sockets, respond: DnsResponder): void {
    this.#dns = new DnsServer(socketFor(sockets, 'dns'), socketFor(sockets, 'dns-tcp'), respond);
  }

  async #streams(count: number) {
    const wish = { kind: 'streams', key: 'out', count } as const;
    const made = await this.#enter([wish], undefined);
    return { v4: made.get('out') ?? [], v6: made.get('out6') ?? [] };
  }

  #wantedPorts(): readonly number[] {
    return portsOf(this.#policy).filter((port) => port !== 53);
  }

  async #openNewPorts(): Promise<void> {
    const known = new Set(this.#listeners.map(({ port }) => port));
    const fresh = this.#wantedPorts()
      .filter((port) => !known.has(port))
      .map((port, index) => ({ port, listener: FIRST_LISTENER + this.#listeners.length + index }));
    if (fresh.length === 0) return;
    const listeners = [...this.#listeners, ...fresh];
    const ruleset = renderStrict({ address: ADDRESS, listeners });
    const sockets = await this.#enter(fresh.map(listenerWish), ruleset);
    this.#listeners = listeners;
    this.#serve(fresh, sockets);
  }

  #serve(listeners: readonly Listener[], sockets: Sockets): void {
    for (const { port } of listeners) {
      const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
        this.#onConnection(socket, port),
      );
      server.on('error', () => undefined);
      server.listen(socketFor(sockets, `port-${port}`));
      this.#servers.push(server);
    }
  }

  #onConnection(inside: Socket, port: number): void {
    inside.on('error', () => undefined);
    const request = requestOf(inside, port, this.#names);
    if (this.#live.size >= MAX_CONNECTIONS) {
      breakOff(inside);
      const detail = `more than ${MAX_CONNECTIONS} connections at once`;
      const limit = { event: 'limit', verdict: 'deny', reason: 'limit', detail } as const;
      return this.#recorder.write({ ...limit, ...request });
    }
    const live: Live = { inside, request, startedMs: performance.now(), isRevoked: false };
    this.#live.add(live);
    live.over = carry(inside, request, this.#service, {
      onDial: (address) => (live.dialled = address),
      whyEnded: () => (live.isRevoked ? { reason: 'revoked' } : undefined),
    }).finally(() => this.#live.delete(live));
  }

  async #enter(sockets: readonly SocketWish[], ruleset: string | undefined): Promise<Sockets> {
    const { namespaces, programs } = this.#wish;
    const isStrict = this.#policy.mode === 'strict';
    const wish = {
      // The one interface more of a permissive session comes after its first rules.
      loopbackOnly: this.#uplink === undefined,
      sockets,
      ...(isStrict ? { address: ADDRESS } : {}),
      ...(ruleset === undefined ? {} : { ruleset }),
    };
    return (await enterNetns(namespaces, wish, programs)).sockets;
  }
}

type Sockets = ReadonlyMap<string, readonly RawSocket[]>;

const DNS: readonly SocketWish[] = [
  { kind: 'datagram', key: 'dns', address: '127.0.0.1', port: 53 },
  { kind: 'listen', key: 'dns-tcp', address: '127.0.0.1', port: 53 },
];

function listenerWish({ port, listener }: Listener): SocketWish {
  return { kind: 'listen', key: `port-${port}`, address: '0.0.0.0', port: listener };
}

function socketFor(sockets: Sockets, key: string): RawSocket {
  const [socket] = sockets.get(key) ?? [];
  if (socket === undefined) throw new TypeError(`the helper made no socket ${key}`);
  return socket;
}
