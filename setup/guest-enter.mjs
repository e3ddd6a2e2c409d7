// @ts-check
/** Commands in a guest's root, as on a machine of its own: see guest-enter.sh. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';

const UNSHARE = ['unshare', '--mount', '--pid', '--fork', '--uts', '--ipc', '--kill-child', '--'];

/**
 * The command line that runs `argv` as root in a guest. unshare heeds no signal but SIGKILL, and takes the
 * whole guest with it.
 * @param {string} root
 * @param {import('./account.mjs').Account} account the one that gets a run-time directory there
 * @param {readonly string[]} argv
 * @returns {string[]}
 */
export function inGuest(root, account, argv) {
  const enter = [join(ROOT, 'setup/guest-enter.sh'), root, 'ct-guest', String(account.uid)];
  return [...UNSHARE, 'sh', ...enter, guestInit(root), '--', ...argv];
}

/**
 * An init for the guest's process 1: node there would leave zombies that tests take for survivors.
 * @param {string} root
 */
function guestInit(root) {
  const places = ['/usr/bin/catatonit', '/usr/libexec/podman/catatonit'];
  return places.find((path) => existsSync(join(root, path))) ?? '/usr/bin/catatonit';
}
