import { printable } from '../../base/text.ts';
import { isAtLeast } from '../../base/versions.ts';
import { bad, ok, unknown, warn, type Check, type Finding } from '../check.ts';
import type { DeviceState } from '../facts.ts';

/** What the kernel and its devices must allow. */
export const kernelChecks: readonly Check[] = [
  {
    id: 'kernel',
    title: 'Kernel',
    scope: 'host',
    run({ kernelRelease, programs }) {
      if (isAtLeast(kernelRelease, [5, 11]))
        return ok(`${kernelRelease}: overlay in user namespaces`);
      if (programs['fuse-overlayfs'] !== undefined) {
        return warn(
          `${kernelRelease}: overlay by fuse-overlayfs, slower`,
          'a kernel from 5.11 on needs no help',
        );
      }
      return bad(
        `${kernelRelease} has no overlay in user namespaces`,
        'use a kernel from 5.11 on, or:  apt-get install fuse-overlayfs',
      );
    },
  },
  {
    id: 'userns',
    title: 'User namespaces',
    scope: 'host',
    run({ userns, account, subids }) {
      if (userns.max === 0) {
        return bad(
          'forbidden by user.max_user_namespaces',
          'as root:  sysctl -w user.max_user_namespaces=28633',
        );
      }
      if (userns.cloneSwitch === 0) {
        return bad(
          'forbidden by kernel.unprivileged_userns_clone',
          'as root:  sysctl -w kernel.unprivileged_userns_clone=1',
        );
      }
      if (userns.apparmorSwitch === 1 && account.uid !== 0 && subids.mappedCount === undefined) {
        return warn(
          'restricted by AppArmor for programs without a profile',
          'if sessions fail with "permission denied", as root:\n' +
            'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
        );
      }
      return userns.max === undefined
        ? unknown('this kernel does not say')
        : ok(`allowed (at most ${userns.max})`);
    },
  },
  {
    id: 'seccomp',
    title: 'Seccomp',
    scope: 'host',
    run({ hasSeccomp }) {
      if (hasSeccomp === undefined) return unknown('this kernel does not say');
      return hasSeccomp
        ? ok('filters are there')
        : bad('the kernel has no seccomp filters', 'use a kernel built with CONFIG_SECCOMP_FILTER');
    },
  },
  {
    id: 'swap',
    title: 'Swap',
    scope: 'host',
    run({ plainSwap }) {
      if (plainSwap === undefined) return unknown('this kernel does not say');
      if (plainSwap.length === 0) return ok('none, or encrypted');
      // An ordinary account cannot keep its tmpfs out of it: the option noswap is for root.
      return warn(
        `${plainSwap.map(printable).join(', ')}: secrets in memory may be written there in plain text`,
        'encrypt it (crypttab(5), option swap), or use zram',
      );
    },
  },
  {
    id: 'dev-tun',
    title: '/dev/net/tun',
    scope: 'host',
    run: ({ devices }) =>
      device(devices.tun, '/dev/net/tun', '10 200', (found, fix) =>
        bad(`${found}: no network for sessions`, fix),
      ),
  },
  {
    id: 'dev-fuse',
    title: '/dev/fuse',
    scope: 'host',
    run: ({ devices, kernelRelease }) =>
      device(devices.fuse, '/dev/fuse', '10 229', (found, fix) =>
        // Only old kernels need it for overlay storage.
        isAtLeast(kernelRelease, [5, 11]) ? ok(`${found}; not needed here`) : bad(found, fix),
      ),
  },
];

function device(
  state: DeviceState,
  path: string,
  numbers: string,
  judge: (found: string, fix: string) => Finding,
): Finding {
  switch (state) {
    case 'usable':
      return ok('usable');
    case 'forbidden':
      return judge('only root may use it', `as root:  chmod 666 ${path}`);
    case 'missing':
      return judge(
        'missing',
        `as root:  mkdir -p ${path.slice(0, path.lastIndexOf('/'))} && mknod -m 666 ${path} c ${numbers}`,
      );
  }
}
