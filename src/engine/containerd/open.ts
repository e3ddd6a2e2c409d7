import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { CtError } from '../../base/errors.ts';
import { PATHS } from '../../base/layout.ts';
import { systemPath } from '../../host/exec.ts';
import { ensurePrivateDir } from '../../host/files.ts';
import { withLock } from '../../host/lock.ts';
import type { Engine } from '../engine.ts';
import type { OpenEngineInput } from '../open.ts';
import type { Backend, Place } from './backend.ts';
import { containerdEngine } from './client.ts';
import { ownDaemon, startDaemon } from './daemon.ts';
import { idsOf, isListening, namedSocket, usersDaemons } from './discover.ts';
import { RelayChannel } from './relay-channel.ts';
import { Transport } from './transport.ts';

/** Everything of ct's is in a namespace of its own, which the first record in it makes: nobody else's is seen. */
const NAMESPACE = 'ct';

/** How the daemon is found. */
export interface OpenOptions {
  /** Whether one is started where none runs */
  readonly start: boolean;
}

/**
 * Opens rootless containerd. Places are tried in this order, and the first that listens is taken: the
 * one that `CONTAINERD_ADDRESS` names (then no other) · the user's own, as nerdctl sets it up · the one
 * that ct started · one that is started now.
 *
 * Errors: failed_precondition for root · unavailable without containerd · permission_denied
 */
export async function openContainerd(
  input: OpenEngineInput,
  options: OpenOptions = { start: true },
): Promise<Engine> {
  if (process.getuid?.() === 0) {
    throw new CtError(
      'failed_precondition',
      'ct works with rootless containerd only, and this is root',
      {
        hint: 'run ct as an ordinary user',
      },
    );
  }
  const found = await find(input, options);
  const place = placeOf(input, found);
  const relay = input.relay?.(place.socket);
  const transport = new Transport({
    ...{ socket: place.socket, namespace: NAMESPACE },
    revive: async () => (await find(input, options)).socket,
    ...(relay === undefined ? {} : { relay: relay.then((line) => line && new RelayChannel(line)) }),
  });
  const keeper = keeperProgram(input);
  const account = accountOf(input);
  const ways = { transport, place, account, keeper };
  const backend: Backend = { ...ways, opened: new Map(), prepared: new Map(), reaping: new Map() };
  return containerdEngine(backend, { uid: PATHS.uid, gid: PATHS.gid });
}

/** See keep.ts. */
function keeperProgram({ self, env, stateDir, config }: OpenEngineInput): Backend['keeper'] {
  const [program, ...args] = self;
  const idle = String(config.engine.idle_timeout);
  return {
    command: {
      program,
      args: [...args, 'internal', 'keep', '--idle-timeout', idle],
      env: keeperEnvironment(env),
    },
    logPath: `${stateDir}/logs/keeper.log`,
  };
}

/** Where things are, and nothing else of the user's: it lives as long as a session. */
function keeperEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const kept = Object.entries(env).filter(([name]) =>
    /^(?:HOME|USER|LOGNAME|LANG|PATH|TMPDIR|CONTAINERD_ADDRESS)$|^XDG_/u.test(name),
  );
  return Object.fromEntries(kept);
}

function accountOf({ env, runtimeDir, stateDir }: OpenEngineInput): Backend['account'] {
  return { env, home: env['HOME'] ?? homedir(), runtimeDir, stateDir };
}

interface Found {
  readonly socket: string;
  readonly childPid: string;
  readonly owner: Place['owner'];
}

async function find(input: OpenEngineInput, { start }: OpenOptions): Promise<Found> {
  const { env, runtimeDir, report } = input;
  const named = env['CONTAINERD_ADDRESS'];
  if (named !== undefined && named !== '') return nameds(namedSocket(named), runtimeDir);
  for (const candidate of usersDaemons(runtimeDir)) {
    if (await isListening(candidate.socket)) return { ...candidate, owner: 'user' };
  }
  const daemon = ownDaemon(input);
  const own: Found = {
    socket: daemon.socket,
    childPid: `${daemon.runDir}/rootlesskit/child_pid`,
    owner: 'ct',
  };
  if (await isListening(daemon.socket)) return own;
  if (!start) throw new CtError('unavailable', 'no containerd runs');
  await withLock({ dir: `${runtimeDir}/ct`, name: 'containerd' }, {}, async () => {
    if (await isListening(daemon.socket)) return;
    await startDaemon({ daemon, env, idleSeconds: input.config.engine.idle_timeout, report });
  });
  return own;
}

async function nameds(socket: string, runtimeDir: string): Promise<Found> {
  if (!(await isListening(socket))) {
    throw new CtError(
      'unavailable',
      `no engine listens at ${socket}, which CONTAINERD_ADDRESS names`,
      { hint: 'start one there, or unset CONTAINERD_ADDRESS to let ct find or start one' },
    );
  }
  return { socket, childPid: `${runtimeDir}/containerd-rootless/child_pid`, owner: 'user' };
}

function placeOf(input: OpenEngineInput, { socket, childPid, owner }: Found): Place {
  const daemon = ownDaemon(input);
  return {
    ...{ socket, owner, snapshotter: 'overlayfs' },
    runtime: owner === 'ct' || existsSync('/sys/fs/cgroup/cgroup.controllers') ? crun() : undefined,
    ioDir: ensurePrivateDir(`${daemon.runDir}/io`),
    dataDir: owner === 'ct' ? daemon.dataDir : '',
    volumesDir: `${input.dataDir}/volumes`,
    ...idsOf(childPid),
  };
}

/** The faster runtime, where it is installed. */
function crun(): string | undefined {
  return systemPath(undefined)
    .split(':')
    .map((dir) => `${dir}/crun`)
    .find((path) => existsSync(path));
}
