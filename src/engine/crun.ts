import { isAtLeast } from '../base/versions.ts';

/** Seen to be wrong in 1.8.1 (Debian 12), and right in 1.21 (Debian 13) */
const RIGHT_SINCE = [1, 9];

/**
 * Whether a crun of this version leaves `nosuid` and `nodev` out of writable bind mounts in a user
 * namespace: sessions of Podman on it are not as planned, and refused. Recursive options (`rnosuid`), which ct
 * gives to containerd, it keeps. `text` is what `crun --version` says.
 */
export function ignoresMountGuards(text: string): boolean {
  const version = /\bcrun(?: version)? (\d+\.\d+)/u.exec(text)?.[1];
  return version !== undefined && !isAtLeast(version, RIGHT_SINCE);
}
