// @ts-check
/**
 * SELinux with Debian's policy in the second boot of the VM. In the first one the kernel has it without a
 * policy, which is as good as none.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { runLogged } from './exec.mjs';
import { GUEST_ACCOUNT } from './guest-root.mjs';
import { TEST_BASE } from './test-tree.mjs';

const POLICY = '/etc/selinux/default';
const CONFIG = '/etc/selinux/config';
const MODULE = '/etc/selinux/ct-test.cil';

/**
 * What Debian's policy forbids an ordinary user and that of Fedora allows: a compiler that writes programs
 * into memory (Node's), and containers that talk through the pipes of an engine which the user started.
 */
const RULES = `(allow unconfined_t self (process (execmem)))
(allow container_t unconfined_t (fd (use)))
(allow container_t unconfined_t (process (sigchld)))
(allow container_t unconfined_t (fifo_file (ioctl read write getattr append lock)))
`;

/** What is laid down in the root of the VM. */
export const SELINUX_FILES = {
  [CONFIG]: 'SELINUX=disabled\nSELINUXTYPE=default\n',
  [MODULE]: RULES,
};

/**
 * Adds the rules to the policy of a root, and labels its files: in seconds here.
 * @param {string} root with the packages and {@link SELINUX_FILES}
 */
export async function labelRoot(root) {
  const what = 'could not label the root of the VM';
  await runLogged(what, ['chroot', root, '/usr/sbin/semodule', '-n', '-i', MODULE]);
  // A container has two categories of its own; it could not use a pipe of somebody who has them all.
  appendFileSync(join(root, POLICY, 'seusers'), `${GUEST_ACCOUNT}:unconfined_u:s0-s0\n`);
  const contexts = `${POLICY}/contexts/files/file_contexts`;
  await runLogged(what, ['chroot', root, '/usr/sbin/setfiles', '-F', contexts, '/']);
}

/**
 * Lines of the script that let the next boot load the policy, without enforcing it yet. What has no label
 * in the home and the tree has that of a user's files then.
 * @returns {string[]}
 */
export function labelHomes() {
  const label = 'defcontext=unconfined_u:object_r:user_home_t:s0';
  return [
    `sed -i s/disabled/permissive/ ${CONFIG}`,
    `sed -i '\\,${TEST_BASE},s/defaults/${label}/' /etc/fstab`,
  ];
}
