import { readFileSync } from 'node:fs';

/**
 * Whether SELinux is enforcing, which keeps containers from files without their label. Permissive and
 * absent count as no: nothing is relabelled that needs not be.
 *
 * Source: selinux(8); selinuxfs `enforce`
 */
export function isSelinuxEnforcing(root = '/sys/fs/selinux'): boolean {
  try {
    return readFileSync(`${root}/enforce`, 'latin1').trim() === '1';
  } catch {
    return false;
  }
}
