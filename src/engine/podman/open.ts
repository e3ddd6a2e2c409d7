import type { Socket } from 'node:net';
import { CtError } from '../../base/errors.ts';
import { withLock } from '../../host/lock.ts';
import type { Engine } from '../engine.ts';
import type { OpenEngineInput } from '../open.ts';
import { podmanEngine } from './client.ts';
import { connectTo, namedAddress, type Address, type Caller } from './discover.ts';
import { startService, startSocketUnit } from './service.ts';
import { Transport } from './transport.ts';

/**
 * Opens rootless Podman. Places are tried in this order, and the first that listens is taken:
 * the one the user names (then no other) · Podman's own socket · the service that ct started ·
 * the socket unit of the user's systemd · a service that is started now.
 *
 * Errors: failed_precondition for root · unavailable without podman · permission_denied for a socket
 * that is not ours · unsupported for a remote engine · deadline_exceeded
 */
export async function openPodman(input: OpenEngineInput): Promise<Engine> {
  const uid = process.getuid?.() ?? -1;
  if (uid === 0) {
    throw new CtError(
      'failed_precondition',
      'ct works with rootless podman only, and this is root',
      {
        hint: 'run ct as an ordinary user',
      },
    );
  }
  const finder = new Finder(input, { uid });
  const first = await finder.connect();
  let unused: Socket | undefined = first;
  // Until the first request takes it over.
  first.on('error', () => undefined).unref();
  const transport = new Transport({
    connect: async () => {
      const ready = unused;
      unused = undefined;
      if (ready === undefined || ready.destroyed) return finder.connect();
      ready.removeAllListeners('error');
      return ready.ref();
    },
    isStarting: async () => {
      const { isServiceStarting } = await import('./starting.ts');
      return isServiceStarting(finder.path);
    },
  });
  const engine = podmanEngine({
    transport,
    address: () => `unix://${finder.path}`,
    close: async (options) => {
      if (options?.isLeaving === true) return;
      unused?.destroy();
      await transport.close();
    },
  });
  return { ...engine, create: oneAtATime(engine.create, input.runtimeDir) };
}

/**
 * Podman reads the subordinate ids for every keep-id container through libsubid, which is not made for
 * threads: two creations at once can crash the whole service (seen on 4.3.1: SIGSEGV in
 * subid_get_uid_ranges). So the processes of a service take turns; it costs half a millisecond.
 */
function oneAtATime(create: Engine['create'], runtimeDir: string): Engine['create'] {
  const lock = { dir: `${runtimeDir}/ct`, name: 'podman-create' };
  return (spec, signal) =>
    withLock(lock, signal === undefined ? {} : { signal }, () => create(spec, signal));
}

/** Connects, and remembers where: an engine that left in between is found or started again. */
class Finder {
  readonly #input: OpenEngineInput;
  readonly #caller: Caller;
  #found: Address | undefined;

  constructor(input: OpenEngineInput, caller: Caller) {
    this.#input = input;
    this.#caller = caller;
  }

  /** Of the socket where the engine listens */
  get path(): string {
    return this.#found?.path ?? '';
  }

  async connect(): Promise<Socket> {
    const { config, env, runtimeDir } = this.#input;
    const named = namedAddress(config.engine.socket, env['CONTAINER_HOST']);
    if (named !== undefined) return (await this.#try(named)) ?? nobodyListens(named);
    const podmans = { path: `${runtimeDir}/podman/podman.sock`, origin: 'podman' };
    const ours = { path: `${runtimeDir}/ct/podman.sock`, origin: 'ct' };
    for (const address of [podmans, ours]) {
      const socket = await this.#try(address);
      if (socket !== undefined) return socket;
    }
    if (await startSocketUnit(env, runtimeDir)) {
      const socket = await this.#try(podmans);
      this.#input.report.verbose('started podman.socket of your systemd');
      if (socket !== undefined) return socket;
    }
    if (this.#input.mayStart === false) throw noneRuns();
    return this.#start(ours);
  }

  async #start(address: Address): Promise<Socket> {
    const { config, env, runtimeDir, stateDir, report } = this.#input;
    const socket = await startService({
      address,
      caller: this.#caller,
      env,
      runtimeDir,
      stateDir,
      idleSeconds: config.engine.idle_timeout,
      report,
    });
    this.#found = address;
    return socket;
  }

  async #try(address: Address): Promise<Socket | undefined> {
    const socket = await connectTo(address, this.#caller);
    if (socket !== undefined && this.#found?.path !== address.path) {
      this.#found = address;
      this.#input.report.debug(`engine: podman at ${address.path}`);
    }
    return socket;
  }
}

function noneRuns(): CtError {
  return new CtError('unavailable', 'no engine runs, and a confined service starts none', {
    hint: 'have your systemd start it when it is needed:  systemctl --user enable --now podman.socket',
  });
}

function nobodyListens(address: Address): never {
  throw new CtError(
    'unavailable',
    `no engine listens at ${address.path}, which ${address.origin} names`,
    {
      hint: `start one there (podman system service --time 0 unix://${address.path}), or unset ${address.origin} to let ct find or start one`,
    },
  );
}
