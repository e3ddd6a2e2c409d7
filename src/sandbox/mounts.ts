import { PACKAGES_VOLUME, PATHS } from '../base/layout.ts';
import { caMounts, type Authorities } from './certificates.ts';
import type { Mount } from './spec.ts';

const MiB = 1024 * 1024;

/** What `planMounts` needs to know. */
export interface MountWish {
  /** The project and what is over it, outer before inner */
  readonly project: readonly Mount[];
  /** Host directory of the persistent home */
  readonly home: string;
  readonly packages: boolean;
  /** Size of /tmp, `bytes` */
  readonly tmpBytes: number;
  /** Host file with certificate authorities */
  readonly authorities: Authorities;
  /** Host file with the user's global git ignore rules */
  readonly ignoreFile: string | undefined;
  /** SELinux wants a label on what is mounted from the host */
  readonly relabel: boolean;
}

/**
 * The places that stay writable under a read-only root. `/tmp` may hold programs: compilers and test
 * runners execute what they write there.
 */
const TMPFS: readonly Mount[] = [
  { kind: 'tmpfs', target: '/var/tmp', sizeBytes: 512 * MiB, modeOctal: 0o1777, exec: true },
  { kind: 'tmpfs', target: '/run', sizeBytes: 64 * MiB, modeOctal: 0o1777, exec: false },
  { kind: 'tmpfs', target: PATHS.runDir, sizeBytes: 1 * MiB, modeOctal: 0o1777, exec: false },
  // 1777 since a mount belongs to root inside: what ct puts in from outside belongs to the agent, 0400.
  { kind: 'tmpfs', target: PATHS.secretsDir, sizeBytes: 4 * MiB, modeOctal: 0o1777, exec: false },
];

/** Mounts of a session, outer before inner. */
export function planMounts(wish: MountWish): readonly Mount[] {
  return [
    { kind: 'tmpfs', target: '/tmp', sizeBytes: wish.tmpBytes, modeOctal: 0o1777, exec: true },
    ...TMPFS,
    ...labelledUnlessSystem([...caMounts(wish.authorities), ...ignoreMount(wish.ignoreFile)], wish),
    ...labelled([{ kind: 'bind', source: wish.home, target: PATHS.home, readOnly: false }], wish),
    ...(wish.packages ? [packagesMount] : []),
    ...labelled(wish.project, wish),
  ];
}

/** The same with shared labels (`z`) where they are wanted: several sessions may have the same project. */
export function labelled(mounts: readonly Mount[], { relabel }: Labelling): readonly Mount[] {
  if (!relabel) return mounts;
  return mounts.map((mount) => (mount.kind === 'bind' ? { ...mount, relabel } : mount));
}

/** Whose files have labels that containers may read, and that nobody but root may change. */
const SYSTEM = /^\/(?:etc|usr|nix|opt)\//u;

/** The same for single files that the plan binds, which may be the system's; a project or a home never is. */
export function labelledUnlessSystem(mounts: readonly Mount[], wish: Labelling): readonly Mount[] {
  return mounts.flatMap((mount) =>
    mount.kind === 'bind' && SYSTEM.test(mount.source) ? mount : labelled([mount], wish),
  );
}

type Labelling = Pick<MountWish, 'relabel'>;

const packagesMount: Mount = {
  kind: 'volume',
  name: PACKAGES_VOLUME,
  target: PATHS.packages,
  readOnly: true,
};

/** Where templates/gitconfig looks for it: not in the home, whose own the agent may keep. */
function ignoreMount(source: string | undefined): readonly Mount[] {
  if (source === undefined) return [];
  return [{ kind: 'bind', source, target: PATHS.gitIgnore, readOnly: true }];
}
