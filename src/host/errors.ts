import { lstatSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { CtError, type ErrorCode } from '../base/errors.ts';
import { printable } from '../base/text.ts';

/** errno of file calls → what it means to the user. Source: errno(3) */
const ERRNO: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  EACCES: [
    'permission_denied',
    'permission denied',
    'make it readable and writable for your account',
  ],
  EPERM: ['permission_denied', 'operation not permitted', 'make it writable for your account'],
  EROFS: [
    'failed_precondition',
    'the file system is read-only',
    'remount it writable, or point XDG_STATE_HOME, XDG_DATA_HOME and XDG_CONFIG_HOME to a writable place',
  ],
  ENOSPC: [
    'resource_exhausted',
    'the disk is full',
    "free space ('df -h' shows where) and run again",
  ],
  EDQUOT: ['resource_exhausted', 'your disk quota is used up', 'free space and run again'],
  ENOENT: ['not_found', 'no such file or directory', 'check the path'],
  ENOTDIR: [
    'failed_precondition',
    'a part of the path is not a directory',
    'check the path, and the variable that leads there (XDG_STATE_HOME, XDG_DATA_HOME, …)',
  ],
  EEXIST: ['already_exists', 'something else is there already', 'move it away'],
  EISDIR: ['failed_precondition', 'a directory is in its place', 'move it away'],
  ERR_FS_EISDIR: ['failed_precondition', 'a directory is in its place', 'move it away'],
  ELOOP: [
    'permission_denied',
    'a symbolic link is in the way',
    'replace the link by what it points to',
  ],
  EMFILE: ['resource_exhausted', 'too many open files', "raise the limit: 'ulimit -n 4096'"],
};

/** Turns a failed file call into an error that says which path and what to do. */
export function fileError(thrown: unknown, doing: string, path: string): CtError {
  if (thrown instanceof CtError) return thrown;
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? '';
  const known = ERRNO[code];
  if (known === undefined) return CtError.from(thrown);
  return new CtError(known[0], `cannot ${doing} ${printable(path)}: ${known[1]}`, {
    hint: known[2],
    details: { path, errno: code },
    cause: thrown,
  });
}

/**
 * A directory of ct's own that could not be made: says which existing directory is in the way, and that
 * ct's files may lie elsewhere. Nobody is told to open a directory that is not their own. `undefined` for other
 * failures.
 */
export function notWritable(
  thrown: unknown,
  path: string,
  home: string = homedir(),
): CtError | undefined {
  const code = (thrown as NodeJS.ErrnoException | undefined)?.code ?? '';
  if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') return undefined;
  let parent = dirname(path);
  while (parent !== '/' && ownerOf(parent) === undefined) parent = dirname(parent);
  const kind = code === 'EROFS' ? 'failed_precondition' : 'permission_denied';
  const making = `cannot make the directory ${printable(path)}`;
  const parts = { details: { path, errno: code }, cause: thrown };
  if (path.startsWith(`${home}/`) && ownerOf(home) === undefined) {
    const why = `HOME is ${printable(home)}, which does not exist`;
    return new CtError(kind, `${making}: ${why}`, {
      hint: `set HOME to your home directory, or ${ELSEWHERE}`,
      ...parts,
    });
  }
  const why = code === 'EROFS' ? 'the file system is read-only' : 'you may not write to it';
  const isOwn = parent !== '/' && ownerOf(parent) === process.getuid?.();
  return new CtError(kind, `${making} below ${printable(parent)}: ${why}`, {
    hint: isOwn
      ? `make ${printable(parent)} writable for your account, or ${ELSEWHERE}`
      : `${ELSEWHERE}; HOME leads there where these are not set`,
    ...parts,
  });
}

const ELSEWHERE =
  'set XDG_STATE_HOME, XDG_DATA_HOME, XDG_CACHE_HOME and XDG_RUNTIME_DIR to directories that you may write to';

/** Uid of a directory's owner; `undefined` when there is no such directory. */
function ownerOf(path: string): number | undefined {
  try {
    const stat = lstatSync(path);
    return stat.isDirectory() ? stat.uid : undefined;
  } catch {
    return undefined;
  }
}
