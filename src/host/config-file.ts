import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readFileSync,
  type Stats,
} from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { homeOf } from './home.ts';

/** Larger than any configuration, smaller than any trouble. */
const MAX_BYTES = 1024 * 1024;

/** A configuration file as it was read. */
export interface ConfigFile {
  readonly path: string;
  readonly text: string;
  readonly home: string;
}

/** Files of the user's in ct's configuration directory. */
export type ConfigFileName = 'config.toml' | 'packages.toml';

/**
 * The text of `config.toml`, or of the other file; `undefined` when there is no such file.
 *
 * It decides what a session may do, so it must be a regular file of the user's own (or root's) that
 * nobody else may write to. A symbolic link is followed: what counts is the file at its end.
 *
 * Errors: invalid_config, with what to type
 * Source: XDG Base Directory Specification 0.8; SECURITY FLT-51, FLT-52
 */
export function readConfigFile(
  env: NodeJS.ProcessEnv,
  uid: number,
  name: ConfigFileName = 'config.toml',
): ConfigFile | undefined {
  const { home, path } = configPlace(env, name);
  const fd = openConfig(path);
  if (fd === undefined) return undefined;
  try {
    const stat = fstatSync(fd);
    const fault = faultOf(stat, uid, path);
    if (fault !== undefined) throw refuse(path, ...fault);
    return { path, text: decode(readAll(fd, path), path), home };
  } finally {
    closeSync(fd);
  }
}

/** Where the configuration file is, whether there is one or not. */
export function configPlace(
  env: NodeJS.ProcessEnv,
  name: ConfigFileName = 'config.toml',
): {
  readonly home: string;
  readonly path: string;
} {
  const home = homeOf(env);
  return {
    home,
    path: `${absolute(env['XDG_CONFIG_HOME']) ?? `${home}/.config`}/ct/${name}`,
  };
}

/** Without O_NONBLOCK a FIFO would hold ct for ever. */
function openConfig(path: string): number | undefined {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (thrown) {
    const { code = '' } = thrown as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
      throw refuse(path, 'is a link to nothing', `remove it:  rm ${path}`);
    }
    if (code === 'ENOTDIR') return undefined;
    if (code === 'ENXIO') throw refuse(path, 'is not a regular file', `look at it:  ls -l ${path}`);
    throw refuse(path, `cannot be opened (${code})`, `look at it:  ls -lL ${path}`);
  }
}

function faultOf(stat: Stats, uid: number, path: string): [string, string] | undefined {
  if (stat.isDirectory()) return ['is a directory, not a file', `remove it:  rmdir ${path}`];
  if (!stat.isFile()) return ['is not a regular file', `remove it:  rm ${path}`];
  if (stat.uid !== uid && stat.uid !== 0) {
    return ['belongs to another account', `take it over as root:  chown ${uid} ${path}`];
  }
  if ((stat.mode & 0o022) !== 0) {
    return ['can be written to by other accounts', `type:  chmod go-w ${path}`];
  }
  if (stat.size > MAX_BYTES) return tooLarge();
  return undefined;
}

function tooLarge(): [string, string] {
  return ['is larger than 1 MiB', 'it holds a few lines: see docs/config.md'];
}

function readAll(fd: number, path: string): Buffer {
  const bytes = readFileSync(fd);
  if (bytes.length > MAX_BYTES) throw refuse(path, ...tooLarge());
  return bytes;
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (thrown) {
    throw refuse(path, 'is not UTF-8 text', 'save it as UTF-8', thrown);
  }
}

function refuse(path: string, what: string, hint: string, cause?: unknown): CtError {
  return new CtError('invalid_config', `${printable(path)}: ${what}`, {
    hint,
    details: { file: path },
    cause,
  });
}

function absolute(value: string | undefined): string | undefined {
  return value?.startsWith('/') === true ? value.replace(/\/+$/u, '') : undefined;
}
