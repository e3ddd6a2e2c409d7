import { lstatSync, readdirSync } from 'node:fs';

/** Bytes on the disk below a path; what cannot be looked at counts nothing. Source: stat(2), st_blocks */
export function treeBytes(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return 0;
  const own = stat.blocks * 512;
  if (!stat.isDirectory()) return own;
  let below = 0;
  try {
    for (const name of readdirSync(path)) below += treeBytes(`${path}/${name}`);
  } catch {
    return own;
  }
  return own + below;
}
