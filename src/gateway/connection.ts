import type { Socket } from 'node:net';
import { decide } from '../network/decide.ts';
import type { NameTable } from '../network/names.ts';
import type { NetworkPolicy, Request, Verdict } from '../network/policy.ts';
import { dial, type Dialer, type Use } from './dial.ts';
import type { HttpProxy } from './http.ts';
import { proxyFor } from './proxy.ts';
import type { Event, Recorder } from './recorder.ts';
import { breakOff, relay, type Traffic } from './relay.ts';
import { checkHelloIfAny, requireHello } from './tls.ts';

/** What the connections of one session share. */
export interface ConnectionService {
  readonly policy: () => NetworkPolicy;
  readonly names: NameTable;
  readonly recorder: Recorder;
  readonly dialer: Dialer;
  readonly http: () => HttpProxy;
}

type Allowed = Extract<Verdict, { verdict: 'allow' }>;
type Denied = Pick<Event, 'reason' | 'rule' | 'detail'>;

/** A connection is over without having been one: with the reason that the log gets. */
class Stopped extends Error {
  readonly why: Denied;
  constructor(why: Denied) {
    const reason = why.reason.replaceAll('_', ' ');
    super(why.detail === undefined ? reason : `${reason}: ${why.detail}`);
    this.why = why;
  }
}

/** Who keeps the list of open connections: told where one leads, and asked why it was cut. */
export interface Watched {
  onDial(address: string): void;
  whyEnded(): Denied | undefined;
}

/** What a connection that came to `port` is for: its destination address is the name. */
export function requestOf(socket: Socket, port: number, names: NameTable): Request {
  const address = socket.localAddress ?? '';
  const name = names.nameOf(address);
  return name === undefined ? { address, port } : { name, port };
}

/**
 * Carries one connection from inside, from its first byte to its line in the log. Denied ones are
 * reset. Never throws.
 */
export async function carry(
  inside: Socket,
  request: Request,
  service: ConnectionService,
  watched: Watched,
): Promise<void> {
  const started = performance.now();
  const base = { event: 'connect', protocol: 'tcp', ...request } as const;
  let address: { readonly address?: string } = {};
  const onDial = (dialled: string): void => {
    address = { address: dialled };
    watched.onDial(dialled);
  };
  try {
    const verdict = decide(service.policy(), request);
    if (verdict.verdict === 'deny') throw new Stopped(verdict);
    const traffic = await carryAllowed(inside, request, verdict, service, onDial);
    const ended = watched.whyEnded();
    const shown = ended === undefined ? allowed(verdict) : denied(ended);
    const durationMs = Math.round(performance.now() - started);
    service.recorder.write({ ...base, ...address, ...shown, ...traffic, durationMs });
  } catch (thrown) {
    breakOff(inside);
    const why: Denied =
      thrown instanceof Stopped
        ? thrown.why
        : { reason: 'unreachable', detail: thrown instanceof Error ? thrown.message : 'unknown' };
    service.recorder.write({ ...base, ...address, ...denied(why) });
  }
}

function allowed({ verdict, reason, rule }: Allowed) {
  return { verdict, reason, ...(rule === undefined ? {} : { rule }) };
}

function denied({ reason, rule, detail }: Denied) {
  return {
    verdict: 'deny' as const,
    reason,
    ...(rule === undefined ? {} : { rule }),
    ...(detail === undefined ? {} : { detail }),
  };
}

/** Which protocol is held to its name depends on the port; an address stands for whatever is there. */
async function carryAllowed(
  inside: Socket,
  request: Request,
  verdict: Allowed,
  service: ConnectionService,
  onDial: (address: string) => void,
): Promise<Traffic> {
  const open = (use?: Use) => dialOut(request, verdict, service, onDial, use);
  if (!('name' in request) || verdict.service !== undefined) return relay(inside, await open());
  const { name, port } = request;
  if (port === 80) return carryHttp(inside, name, open, service);
  if (port === 443) return carryTls(inside, name, open());
  const outside = await open();
  let refused: Denied | undefined;
  const ready = checkHelloIfAny(inside, name).then((hello) => {
    if (hello.verdict === 'deny') refused = hello;
    return hello.verdict === 'allow';
  });
  const traffic = await relay(inside, outside, ready);
  if (refused !== undefined) throw new Stopped(refused);
  return traffic;
}

/**
 * The host is dialled while the program says its hello: the name is allowed already, and not a byte gets
 * there before the hello has been judged.
 */
async function carryTls(inside: Socket, name: string, dialled: Promise<Socket>): Promise<Traffic> {
  dialled.catch(() => undefined);
  const hello = await requireHello(inside, name);
  if (hello.verdict === 'allow') return relay(inside, await dialled);
  dialled.then(breakOff, () => undefined);
  throw new Stopped(hello);
}

/** A connection whose requests all led nowhere counts as denied, for the reason of the last. */
async function carryHttp(
  inside: Socket,
  name: string,
  open: (use: Use) => Promise<Socket>,
  service: ConnectionService,
): Promise<Traffic> {
  let failure: Error | undefined;
  let isConnected = false;
  const traffic = await service.http().serve(inside, {
    name,
    proxy: proxyFor(service.dialer.proxies, name, 80),
    dial: async () => {
      try {
        const socket = await open('requests');
        isConnected = true;
        return socket;
      } catch (thrown) {
        failure = thrown instanceof Error ? thrown : new Error(String(thrown));
        throw failure;
      }
    },
    onRefused: (detail, reason = 'host') => {
      const refused = { verdict: 'deny', reason, detail } as const;
      service.recorder.write({ event: 'connect', protocol: 'tcp', name, port: 80, ...refused });
    },
  });
  if (!isConnected && failure !== undefined) throw failure;
  return traffic;
}

async function dialOut(
  request: Request,
  verdict: Allowed,
  service: ConnectionService,
  onDial: (address: string) => void,
  use?: Use,
): Promise<Socket> {
  const dialled = await dial(request, verdict.service, service.policy, service.dialer, use);
  if (dialled.kind === 'denied') throw new Stopped(dialled.verdict);
  if (dialled.kind === 'failed') throw new Stopped({ reason: 'unreachable', detail: dialled.why });
  onDial(dialled.address);
  return dialled.socket;
}
