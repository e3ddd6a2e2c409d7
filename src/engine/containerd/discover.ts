import { lstatSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import type { Place } from './backend.ts';
import { parseIdMap, type IdMap } from './idmap.ts';

const CONNECT_MS = 2_000;

/** A daemon that somebody else may have started for the user. */
export interface Candidate {
  readonly socket: string;
  /** File with the pid of a process in the daemon's user namespace */
  readonly childPid: string;
}

/**
 * Where a user's own rootless containerd listens: as nerdctl's set-up script has it, and the same
 * through the root of rootlesskit's child.
 *
 * Source: containerd-rootless.sh of nerdctl; rootlesskit README "State directory"
 */
export function usersDaemons(runtimeDir: string): readonly Candidate[] {
  const childPid = `${runtimeDir}/containerd-rootless/child_pid`;
  const pid = readPid(childPid);
  return [
    { socket: `${runtimeDir}/containerd/containerd.sock`, childPid },
    ...(pid === undefined
      ? []
      : [{ socket: `/proc/${pid}/root/run/containerd/containerd.sock`, childPid }]),
  ];
}

/**
 * The address that the user names, as a path.
 *
 * Errors: unsupported for anything but a unix socket
 */
export function namedSocket(text: string): string {
  const path = text.startsWith('unix://') ? text.slice('unix://'.length) : text;
  if (path.startsWith('/')) return path;
  throw new CtError(
    'unsupported',
    `CONTAINERD_ADDRESS is '${printable(text)}': ct talks to a unix socket only`,
    { hint: 'set it to the path of a socket, or leave it out to let ct find or start containerd' },
  );
}

/**
 * Whether somebody listens on a socket of ours.
 *
 * Errors: permission_denied when it belongs to somebody else
 */
export async function isListening(path: string): Promise<boolean> {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return false;
  const uid = process.getuid?.() ?? -1;
  if (!stat.isSocket() || stat.uid !== uid) {
    throw new CtError(
      'permission_denied',
      `${printable(path)} cannot be used: it is not a socket of yours (owner ${stat.uid})`,
      { hint: `look at it: ls -l ${printable(path)}` },
    );
  }
  return new Promise((resolve) => {
    const socket = connect({ path, timeout: CONNECT_MS });
    const settle = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => settle(true))
      .once('error', () => settle(false))
      // This process may itself have been busy all that time: what has come is seen first.
      .once('timeout', () => setImmediate(settle, false));
  });
}

/** The user namespace that the daemon runs in. Errors: failed_precondition */
export function idsOf(childPid: string): Pick<Place, 'childPid' | 'ids'> {
  const pid = readPid(childPid);
  try {
    const read = (kind: string): IdMap =>
      parseIdMap(readFileSync(`/proc/${pid ?? 'none'}/${kind}`, 'latin1'));
    const ids = { uids: read('uid_map'), gids: read('gid_map') };
    return { childPid: pid ?? 0, ids };
  } catch (thrown) {
    throw new CtError(
      'failed_precondition',
      `the user namespace of containerd cannot be seen: ${printable(childPid)} names no process`,
      { hint: 'start it by rootlesskit, or leave it to ct', cause: thrown },
    );
  }
}

function readPid(path: string): number | undefined {
  try {
    const pid = Number(readFileSync(path, 'latin1').trim());
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}
