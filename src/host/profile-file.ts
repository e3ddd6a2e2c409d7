import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';

/** Larger than any profile. */
const MAX_BYTES = 1024 * 1024;

/**
 * A seccomp profile of the user's, as parsed JSON. It decides what a session may do, so it must be a
 * regular file of the user's own (or root's) that nobody else may write to, and no link.
 *
 * Errors: not_found; invalid_config with file and reason
 * Source: SECURITY SEC-11
 */
export function readProfileFile(path: string): unknown {
  const fd = openProfile(path);
  try {
    const fault = faultOf(fstatSync(fd));
    if (fault !== undefined) throw refuse(path, ...fault);
    return parse(readFileSync(fd), path);
  } finally {
    closeSync(fd);
  }
}

/** Without O_NONBLOCK a FIFO would hold ct for ever. */
function openProfile(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (thrown) {
    const { code = '' } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      throw new CtError('not_found', `there is no seccomp profile ${printable(path)}`, {
        hint: "give the path of a file, or the name of a profile: 'ct sys seccomp list'",
      });
    }
    if (code === 'ELOOP') {
      throw refuse(path, 'is a symbolic link', 'give the path of the file that it leads to');
    }
    throw refuse(path, `cannot be opened (${code})`, `look at it:  ls -l ${printable(path)}`);
  }
}

function faultOf(stat: Stats): readonly [string, string] | undefined {
  const uid = process.getuid?.() ?? -1;
  if (!stat.isFile()) return ['is not a regular file', 'give the path of a JSON file'];
  if (stat.uid !== uid && stat.uid !== 0) {
    return ['belongs to another account', 'copy it to a file of your own'];
  }
  if ((stat.mode & 0o022) !== 0) {
    return ['can be written to by other accounts', 'take that away:  chmod go-w'];
  }
  return stat.size > MAX_BYTES ? ['is larger than 1 MiB', 'profiles have a few KB'] : undefined;
}

function parse(bytes: Buffer, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as unknown;
  } catch (thrown) {
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    throw refuse(path, `is not JSON: ${reason.slice(0, 200)}`, 'correct the file');
  }
}

function refuse(path: string, what: string, hint: string): CtError {
  return new CtError('invalid_config', `seccomp profile ${printable(path)} ${printable(what)}`, {
    hint: `${hint}; nothing was started`,
    details: { file: path },
  });
}
