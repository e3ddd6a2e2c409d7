import { connect, isIP, type LookupFunction, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { CtError } from '../base/errors.ts';
import { decideTarget } from '../network/decide.ts';
import type { HostService, NetworkPolicy, Request, Verdict } from '../network/policy.ts';
import { dialThroughProxy, openProxy, proxyFor, type ProxySettings } from './proxy.ts';
import type { Resolver } from './resolve.ts';

/** How connections of a session leave the host. */
export interface Dialer {
  readonly resolver: Resolver;
  readonly proxies: ProxySettings;
}

/** What came of it: a socket that is connected, or why not. */
export type Dialled =
  | { readonly kind: 'connected'; readonly socket: Socket; readonly address: string }
  | { readonly kind: 'denied'; readonly verdict: Extract<Verdict, { verdict: 'deny' }> }
  | { readonly kind: 'failed'; readonly why: string };

/** What is sent over the connection: bytes for the host, or requests that a proxy may read as well. */
export type Use = 'stream' | 'requests';

const DEADLINE_MS = 20_000;
/** A first address that does not answer costs this before the next is tried, `ms` */
const NEXT_ADDRESS_MS = 1_000;

/**
 * Connects to what a program asked for, from the host's own network.
 *
 * A name is resolved here and now, every address of the answer is judged, and exactly those that
 * passed are dialled: there is no moment at which another answer could be given. `policy` is asked
 * again after the resolver answered, since it may have changed meanwhile.
 */
export async function dial(
  request: Request,
  service: HostService | undefined,
  policy: () => NetworkPolicy,
  dialer: Dialer,
  use: Use = 'stream',
): Promise<Dialled> {
  try {
    if (service !== undefined) return await connected([service.address], service.port);
    const host = 'name' in request ? request.name : request.address;
    const proxy = proxyFor(dialer.proxies, host, request.port);
    const addresses = await addressesOf(request, dialer.resolver, proxy !== undefined);
    const { passed, denied } = judge(request, addresses, policy());
    if (passed.length === 0 && denied !== undefined) return { kind: 'denied', verdict: denied };
    if (proxy === undefined) return await connected(passed, request.port);
    // The proxy resolves a name once more, by its own view of the world: what it finds is its affair.
    const socket =
      use === 'requests'
        ? await openProxy(proxy)
        : await dialThroughProxy(proxy, host, request.port);
    return { kind: 'connected', socket, address: `proxy ${proxy.host}:${proxy.port}` };
  } catch (thrown) {
    return { kind: 'failed', why: thrown instanceof Error ? thrown.message : String(thrown) };
  }
}

/** Behind a proxy a host often cannot resolve names of the Internet: then there is nothing to judge. */
async function addressesOf(
  request: Request,
  resolver: Resolver,
  viaProxy: boolean,
): Promise<readonly string[]> {
  if ('address' in request) return [request.address];
  try {
    return await resolver.resolve(request.name);
  } catch (thrown) {
    if (viaProxy) return [];
    throw thrown;
  }
}

function judge(
  request: Request,
  addresses: readonly string[],
  policy: NetworkPolicy,
): {
  readonly passed: readonly string[];
  readonly denied: Extract<Verdict, { verdict: 'deny' }> | undefined;
} {
  const own = ownAddresses();
  const passed: string[] = [];
  let denied: Extract<Verdict, { verdict: 'deny' }> | undefined;
  for (const address of addresses) {
    const verdict = decideTarget(policy, { ...request, address }, own);
    if (verdict.verdict === 'allow') passed.push(address);
    else denied ??= verdict;
  }
  return { passed, denied };
}

/** Asking the kernel takes a tenth of a millisecond, which a burst of connections need not pay each, `ms` */
const OWN_KEEP_MS = 100;
let own: { readonly addresses: readonly string[]; readonly until: number } | undefined;

/** Addresses of this host's interfaces, as they were a moment ago. */
export function ownAddresses(): readonly string[] {
  const now = performance.now();
  if (own !== undefined && own.until > now) return own.addresses;
  const addresses = Object.values(networkInterfaces()).flatMap((list) =>
    (list ?? []).map(({ address }) => address.split('%')[0] ?? address),
  );
  own = { addresses, until: now + OWN_KEEP_MS };
  return addresses;
}

async function connected(addresses: readonly string[], port: number): Promise<Dialled> {
  const [only] = addresses;
  if (only === undefined) throw new CtError('not_found', 'the name has no address');
  const socket = connect({
    host: addresses.length === 1 ? only : 'checked.invalid',
    port,
    lookup: fixed(addresses),
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS,
    allowHalfOpen: true,
    noDelay: true,
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new CtError('deadline_exceeded', 'no answer within 20 seconds'));
    }, DEADLINE_MS);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.once('error', (error) => {
      clearTimeout(timer);
      reject(connectError(error));
    });
  });
  // It may break before anybody else listens.
  socket.removeAllListeners('error').on('error', () => undefined);
  return { kind: 'connected', socket, address: socket.remoteAddress ?? only };
}

/** Stands in for the resolver: these addresses and no others. */
function fixed(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIP(address) }));
  return (_host, _options, callback) => callback(null, all);
}

function connectError(error: Error): CtError {
  const { code } = error as NodeJS.ErrnoException;
  const words: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'the host refused the connection',
    ETIMEDOUT: 'the host does not answer',
    EHOSTUNREACH: 'there is no way to the host',
    ENETUNREACH: 'there is no way to the network of the host',
  };
  return new CtError('unavailable', words[code ?? ''] ?? error.message, { cause: error });
}
