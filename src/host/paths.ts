import { existsSync, lstatSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { ensurePrivateDir } from './files.ts';
import { homeOf } from './home.ts';

/** Where ct keeps things on the host. Directories are made on first use. */
export interface Paths {
  readonly home: string;
  /** `config.toml` */
  readonly configDir: string;
  /** Installation id, logs, what image resolution remembers */
  readonly stateDir: string;
  /** Persistent homes of agents */
  readonly dataDir: string;
  readonly cacheDir: string;
  /** Sockets; on a file system in memory wherever the host has one */
  readonly runtimeDir: string;
}

/**
 * Paths by the XDG base directory specification; a relative value of a variable is ignored, as it
 * demands.
 *
 * Errors: failed_precondition for an unusable HOME; permission_denied for the runtime directory
 * Source: XDG Base Directory Specification 0.8
 */
export function resolvePaths(env: NodeJS.ProcessEnv, uid: number): Paths {
  const home = homeOf(env);
  const below = (name: string, fallback: string): string =>
    `${absolute(env[name]) ?? `${home}/${fallback}`}/ct`;
  return {
    home,
    configDir: below('XDG_CONFIG_HOME', '.config'),
    stateDir: below('XDG_STATE_HOME', '.local/state'),
    dataDir: below('XDG_DATA_HOME', '.local/share'),
    cacheDir: below('XDG_CACHE_HOME', '.cache'),
    runtimeDir: resolveRuntimeDir(env, uid),
  };
}

/**
 * The user's runtime directory: `$XDG_RUNTIME_DIR`, else `/run/user/<uid>`, else one that ct makes on
 * the shared memory file system, for hosts without a login manager.
 *
 * Errors: permission_denied when the last one belongs to somebody else
 */
function resolveRuntimeDir(env: NodeJS.ProcessEnv, uid: number): string {
  const named = absolute(env['XDG_RUNTIME_DIR']);
  if (named !== undefined && isOwnDir(named, uid)) return named;
  const login = `/run/user/${uid}`;
  if (isOwnDir(login, uid)) return login;
  const own = `/dev/shm/ct-run-${uid}`;
  try {
    return ensurePrivateDir(own);
  } catch (thrown) {
    const { code, message } = CtError.from(thrown);
    throw new CtError(code, `there is no runtime directory for your account: ${message}`, {
      hint: [
        ...(existsSync(own)
          ? [`whose it is:  ls -ld ${own}   (its owner or root can remove it)`]
          : []),
        named === undefined
          ? 'log in through a login manager, or set XDG_RUNTIME_DIR to a directory of yours with mode 0700'
          : `XDG_RUNTIME_DIR is '${named}', which is not a directory of yours: unset it or make it`,
      ].join('\n'),
      cause: thrown,
    });
  }
}

function isOwnDir(path: string, uid: number): boolean {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat !== undefined && stat.isDirectory() && stat.uid === uid && (stat.mode & 0o022) === 0;
}

function absolute(value: string | undefined): string | undefined {
  return value?.startsWith('/') === true ? value.replace(/\/+$/u, '') || '/' : undefined;
}
