import { lstatSync, type Stats } from 'node:fs';
import { connect as dial, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError, isCtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';

/** Whose engine sockets we talk to: our own. */
export interface Caller {
  readonly uid: number;
}

/** A place where an engine may listen. */
export interface Address {
  readonly path: string;
  /** Who named it, for messages */
  readonly origin: string;
}

const CONNECT_MS = 2_000;

/**
 * The address that the user asks for, if any: configuration before `CONTAINER_HOST`.
 *
 * Errors: unsupported for anything but a unix socket
 */
export function namedAddress(
  socket: string,
  containerHost: string | undefined,
): Address | undefined {
  if (socket !== '') return { path: socketPath(socket, 'engine.socket'), origin: 'engine.socket' };
  if (containerHost === undefined || containerHost === '') return undefined;
  return { path: socketPath(containerHost, 'CONTAINER_HOST'), origin: 'CONTAINER_HOST' };
}

function socketPath(text: string, origin: string): string {
  const path = text.startsWith('unix://') ? text.slice('unix://'.length) : text;
  if (path.startsWith('/')) return path;
  throw new CtError(
    'unsupported',
    `${origin} is '${printable(text)}': ct talks to a unix socket only`,
    {
      hint: `set ${origin} to unix:///path/of/podman.sock, or leave it out to let ct find the engine`,
    },
  );
}

/**
 * Connects to an engine's socket; `undefined` when nobody listens there (no file, or one that was
 * left behind).
 *
 * The file is looked at first: only a socket that belongs to us, in a directory where others cannot
 * replace it.
 * Errors: permission_denied · deadline_exceeded when it does not accept
 */
export async function connectTo(address: Address, caller: Caller): Promise<Socket | undefined> {
  const stat = statOf(address);
  if (stat === undefined) return undefined;
  checkSocket(address, stat, caller);
  const until = performance.now() + CONNECT_MS;
  for (;;) {
    try {
      return await dialOnce(address.path, until - performance.now());
    } catch (thrown) {
      const { code } = thrown as NodeJS.ErrnoException;
      if (code === 'ECONNREFUSED' || code === 'ENOENT') return undefined;
      // Its queue of connections is full: a crowd, or a process that accepts no more.
      if (code !== 'EAGAIN' || performance.now() > until) throw connectError(address, stat, thrown);
      await sleep(20);
    }
  }
}

function dialOnce(path: string, timeoutMs: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = dial({ path });
    let isSettled = false;
    const giveUp = (): void => {
      if (!isSettled) socket.destroy(new CtError('deadline_exceeded', 'no connection'));
    };
    // On a slow host this process may itself have been busy all that time: what has come is seen first.
    const timer = setTimeout(() => setImmediate(giveUp), Math.max(1, timeoutMs));
    const settle = (): void => {
      isSettled = true;
      clearTimeout(timer);
      socket.removeAllListeners();
    };
    socket.once('connect', () => {
      settle();
      resolve(socket);
    });
    socket.once('error', (error) => {
      settle();
      socket.on('error', () => undefined);
      reject(error);
    });
  });
}

function statOf(address: Address): Stats | undefined {
  try {
    return lstatSync(address.path);
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES') throw behindClosedDoor(address, thrown);
    throw refusal(address, `it cannot be looked at (${code ?? 'error'})`, lookAt(address), thrown);
  }
}

/** Names the directory that does not let us through, with its owner and mode. */
function behindClosedDoor(address: Address, thrown: unknown): CtError {
  for (let dir = dirname(address.path); ; dir = dirname(dir)) {
    try {
      const { uid, mode } = lstatSync(dir);
      const door = `the directory ${printable(dir)} does not let you through: its owner is uid ${uid} and its mode ${octal(mode)}`;
      const hint =
        uid === process.getuid?.() ? `open it for yourself: chmod u+rwx ${dir}` : lookAt(address);
      return refusal(address, door, hint, thrown);
    } catch {
      // The door is further up.
    }
    if (dir === '/') return refusal(address, 'permission denied', lookAt(address), thrown);
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8).padStart(4, '0');
}

function lookAt(address: Address): string {
  return `look at it: ls -ld ${dirname(address.path)} ${address.path}`;
}

function checkSocket(address: Address, stat: Stats, caller: Caller): void {
  if (!stat.isSocket()) {
    throw refusal(
      address,
      'it is not a socket',
      `move it away: mv ${address.path} ${address.path}.old`,
    );
  }
  if (stat.uid !== caller.uid) {
    const whose = `it belongs to uid ${stat.uid}, not to you (uid ${caller.uid})`;
    throw refusal(address, whose, lookAt(address));
  }
  const dir = lstatSync(dirname(address.path));
  const othersMayReplace = (dir.mode & 0o002) !== 0 && (dir.mode & 0o1000) === 0;
  if (othersMayReplace) {
    throw refusal(
      address,
      'everybody may write to its directory',
      `type: chmod o-w ${dirname(address.path)}`,
    );
  }
}

function connectError(address: Address, stat: Stats, thrown: unknown): CtError {
  const { code } = thrown as NodeJS.ErrnoException;
  if (code === 'EACCES' || code === 'EPERM') {
    const why = `its owner is uid ${stat.uid} and its mode ${octal(stat.mode)}`;
    return refusal(address, why, lookAt(address), thrown);
  }
  if (code === 'EAGAIN' || isCtError(thrown, 'deadline_exceeded')) {
    return new CtError(
      'deadline_exceeded',
      `the engine at ${printable(address.path)} does not accept`,
      {
        hint: 'it may be stopped or overloaded: end it and run again',
        cause: thrown,
      },
    );
  }
  return new CtError(
    'unavailable',
    `cannot connect to ${printable(address.path)}: ${code ?? 'error'}`,
    {
      cause: thrown,
    },
  );
}

function refusal(address: Address, why: string, remedy: string, cause?: unknown): CtError {
  const named = address.origin === 'CONTAINER_HOST' || address.origin === 'engine.socket';
  return new CtError(
    'permission_denied',
    `the engine socket ${printable(address.path)}${named ? ` (from ${address.origin})` : ''} cannot be used: ${why}`,
    {
      hint: named
        ? `${remedy}\nor leave ${address.origin} unset: ct then finds or starts an engine of your own account`
        : remedy,
      details: { path: address.path },
      cause,
    },
  );
}
