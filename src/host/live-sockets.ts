import { lstatSync, readFileSync, realpathSync } from 'node:fs';

/** Set in the flags of a socket that listens. Source: proc_net_unix(5), __SO_ACCEPTCON */
const LISTENS = 0x10000;

/**
 * Sockets in a directory that a program of this host listens on, as full paths. A session that could
 * reach one would talk to the host past its network. Where a program is only known by a relative path,
 * whatever it could mean there is taken.
 */
export function liveSocketsIn(dir: string): readonly string[] {
  const found = listeningPaths(readTable())
    .filter((path) => !isElsewhere(path, dir))
    .flatMap((path) => resolved(path.startsWith('/') ? path : `${dir}/${path}`) ?? [])
    .filter((path) => path.startsWith(`${dir}/`) && isSocket(path));
  return [...new Set(found)].sort();
}

/** Most sockets of a host are the system's, and need no look. */
function isElsewhere(path: string, dir: string): boolean {
  return ['/run/', '/dev/'].some((top) => path.startsWith(top) && !dir.startsWith(top));
}

/** Where it is, whichever way whoever made it came there. */
function resolved(path: string): string | undefined {
  try {
    return realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** Names of the listening sockets of a table, without abstract ones, which are of a network namespace. */
export function listeningPaths(table: string): readonly string[] {
  return table.split('\n').flatMap((line) => {
    // Num RefCount Protocol Flags Type St Inode Path; a path may have spaces.
    const [, flags = '', path = ''] = /^\s*\S+ \S+ \S+ (\S+) \S+ \S+ +\S+ (.+)$/u.exec(line) ?? [];
    return (Number.parseInt(flags, 16) & LISTENS) !== 0 && !path.startsWith('@') ? [path] : [];
  });
}

function readTable(): string {
  try {
    return readFileSync('/proc/net/unix', 'utf8');
  } catch {
    return '';
  }
}

function isSocket(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSocket() === true;
}
