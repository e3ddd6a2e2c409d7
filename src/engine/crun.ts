/** Seen to be wrong in 1.8.1 (Debian 12), and right in 1.21 (Debian 13) */
const RIGHT_SINCE = [1, 9] as const;

/**
 * Whether a crun of this version leaves `nosuid` and `nodev` out of writable bind mounts in a user
 * namespace: sessions on it are not as planned, and refused. `text` is what `crun --version` says.
 */
export function ignoresMountGuards(text: string): boolean {
  const [, major, minor] = /\bcrun(?: version)? (\d+)\.(\d+)/u.exec(text) ?? [];
  if (major === undefined || minor === undefined) return false;
  const [rightMajor, rightMinor] = RIGHT_SINCE;
  return Number(major) < rightMajor || (Number(major) === rightMajor && Number(minor) < rightMinor);
}
