import type { Words } from './container-flags.ts';

/** The host's programs, which stand in for an image here: nothing is unpacked or overlaid. */
const PROGRAM_DIRS = ['/usr', '/bin', '/lib', '/lib64'] as const;

const BARE_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * `bwrap` with all of its namespaces over the host's own programs: less than a session is, and therefore a
 * floor. `has` says which directories the host has.
 *
 * Source: bwrap(1)
 */
export function bwrapArguments(command: Words, has: (path: string) => boolean): readonly string[] {
  return [
    ...['--unshare-all', '--die-with-parent', '--new-session', '--cap-drop', 'ALL'],
    ...PROGRAM_DIRS.filter(has).flatMap((dir) => ['--ro-bind', dir, dir]),
    ...['--proc', '/proc', '--dev', '/dev', '--tmpfs', '/tmp', '--clearenv'],
    ...['--setenv', 'PATH', BARE_PATH],
    ...command,
  ];
}

/** Who asks for a bundle, and what of the host it shows. */
export interface BundleFacts {
  readonly uid: number;
  readonly gid: number;
  readonly has: (path: string) => boolean;
}

/**
 * `config.json` of a bundle for `crun run` and `runc run`, which is what an engine has done last of all:
 * namespaces with one's own id alone, the host's programs, no control group of its own.
 *
 * Source: opencontainers/runtime-spec 1.0.2 config.md, config-linux.md
 */
export function bundleConfig(command: Words, { uid, gid, has }: BundleFacts): object {
  const none: readonly string[] = [];
  const quiet = ['nosuid', 'nodev'];
  return {
    ociVersion: '1.0.2',
    hostname: 'bench',
    root: { path: 'rootfs', readonly: true },
    process: {
      terminal: false,
      user: { uid: 0, gid: 0 },
      args: command,
      env: [`PATH=${BARE_PATH}`],
      cwd: '/',
      noNewPrivileges: true,
      capabilities: {
        ...{ bounding: none, effective: none, permitted: none, inheritable: none },
        ambient: none,
      },
    },
    mounts: [
      ...PROGRAM_DIRS.filter(has).map((dir) => ({
        ...{ destination: dir, source: dir, type: 'bind' },
        options: ['rbind', 'ro', ...quiet],
      })),
      { destination: '/proc', source: 'proc', type: 'proc' },
      { destination: '/dev', source: 'tmpfs', type: 'tmpfs', options: ['nosuid', 'mode=755'] },
      { destination: '/tmp', source: 'tmpfs', type: 'tmpfs', options: quiet },
    ],
    linux: {
      namespaces: ['user', 'pid', 'mount', 'ipc', 'uts', 'network'].map((type) => ({ type })),
      uidMappings: [{ containerID: 0, hostID: uid, size: 1 }],
      gidMappings: [{ containerID: 0, hostID: gid, size: 1 }],
    },
  };
}
