import { closeSync, fstatSync, openSync, statSync } from 'node:fs';
import { CtError } from '../base/errors.ts';

/** A session's user and network namespace, held open: file descriptors. */
export interface Namespaces {
  readonly user: number;
  readonly net: number;
  close(): void;
}

/**
 * Opens the namespaces of a session by the pid of its PID 1, once: whatever happens to the pid, these
 * stay what they are, also after the session's end.
 *
 * Errors: not_found when there is no such process · permission_denied when it is another user's, or
 * when one of the namespaces is this process's own: ct never touches the host's network
 */
export function openNamespaces(pid: number): Namespaces {
  const opened: number[] = [];
  const close = (): void => {
    for (const fd of opened.splice(0)) closeSync(fd);
  };
  try {
    const [user = -1, net = -1] = (['user', 'net'] as const).map((kind) => {
      const fd = open(pid, kind);
      opened.push(fd);
      const [there, here] = [fstatSync(fd), statSync(`/proc/self/ns/${kind}`)];
      if (there.ino === here.ino && there.dev === here.dev) throw ownNamespace(pid, kind);
      return fd;
    });
    return { user, net, close };
  } catch (thrown) {
    close();
    throw thrown;
  }
}

function open(pid: number, kind: 'user' | 'net'): number {
  try {
    return openSync(`/proc/${pid}/ns/${kind}`, 'r');
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') {
      throw new CtError('not_found', 'the session has ended', { cause: thrown });
    }
    throw new CtError('permission_denied', `cannot open the network of process ${pid}`, {
      hint: "it belongs to another user, or its session is not of this host's engine",
      cause: thrown,
    });
  }
}

function ownNamespace(pid: number, kind: string): CtError {
  return new CtError(
    'permission_denied',
    `process ${pid} is in this host's own ${kind} namespace`,
    {
      hint: 'ct never changes the network of the host; start the session again',
    },
  );
}
