import { REFUSED, type Attempt } from '../attempt.ts';

const space = { group: 'namespaces', stage: 'agent', expect: 'refused', held: REFUSED } as const;
/** Sandboxes of programs inside need these; profiles made for them allow the calls. */
const sandboxes = { ...space, permittedBy: ['browser', 'nested'] } as const;

/** Namespaces of one's own, in which an ordinary account is root and the kernel has more to attack. */
const NAMESPACES: readonly Attempt[] = [
  {
    ...sandboxes,
    id: 'SEC-07.1',
    title: 'a user namespace (unshare)',
    cve: ['CVE-2022-0185', 'CVE-2023-32233'],
    run: ['syscall', 'unshare 0x10000000'],
  },
  {
    ...sandboxes,
    id: 'SEC-07.2',
    title: 'a user namespace (clone)',
    cve: ['CVE-2024-1086'],
    run: ['clone', '0x10000000'],
  },
  {
    ...sandboxes,
    id: 'SEC-03.2',
    title: 'a user namespace, bits above the 32',
    cve: ['CVE-2019-10063'],
    run: ['clone', '0x10000000+'],
  },
  {
    ...space,
    id: 'SEC-07.3',
    title: 'a user namespace (clone3)',
    cve: ['CVE-2022-0185'],
    run: ['clone3', '0x10000000'],
    held: ['ENOSYS'],
  },
  {
    ...sandboxes,
    id: 'SEC-07.4',
    title: 'mount, net, pid, ipc, uts, cgroup, time',
    run: [
      'syscall',
      ...['0x20000', '0x40000000', '0x20000000', '0x8000000'].map((flag) => `unshare ${flag}`),
      ...['0x4000000', '0x2000000', '0x80'].map((flag) => `unshare ${flag}`),
    ],
  },
  {
    ...sandboxes,
    id: 'SEC-07.5',
    title: "joining a process's namespaces (setns)",
    run: ['syscall', 'setns fd:/proc/self/ns/user 0', 'setns fd:/proc/self/ns/mnt 0x20000'],
  },
];

/** Mounting over what protects. */
const MOUNTS: readonly Attempt[] = [
  {
    ...sandboxes,
    id: 'ESC-09.1',
    title: 'the root remounted for writing',
    run: ['syscall', 'mount 0 str:/ 0 0x1020 0', 'mount 0 str:/ 0 0x20 0'],
  },
  {
    ...sandboxes,
    id: 'ESC-09.2',
    title: 'a file system over /proc or /tmp',
    cve: ['CVE-2019-19921'],
    run: [
      'syscall',
      'mount str:tmpfs str:/tmp str:tmpfs 0 0',
      'mount str:proc str:/proc str:proc 0 0',
      'mount str:/tmp str:/proc str:none 0x1000 0',
    ],
  },
  {
    ...sandboxes,
    id: 'ESC-09.3',
    title: 'what hides files taken away (umount)',
    run: ['syscall', 'umount2 str:/proc/keys 2', 'umount2 str:/proc/sys 2', 'umount2 str:/dev 2'],
  },
  {
    ...space,
    id: 'ESC-09.4',
    title: 'the new mount calls',
    cve: ['CVE-2022-0185'],
    run: [
      'syscall',
      'fsopen str:tmpfs 0',
      'fsconfig -1 0 0 0 0',
      'fsmount -1 0 0',
      'fspick -100 str:/ 0',
      'open_tree -100 str:/ 0x1',
      'move_mount -1 str: -1 str: 4',
      'mount_setattr -100 str:/ 0 buf:32 32',
    ],
  },
  {
    ...sandboxes,
    id: 'ESC-09.5',
    title: 'another root (pivot_root, chroot)',
    run: ['syscall', 'pivot_root str:/tmp str:/tmp', 'chroot str:/tmp'],
  },
  {
    ...sandboxes,
    id: 'ESC-11',
    title: 'a cgroup hierarchy to mount',
    cve: ['CVE-2022-0492'],
    run: [
      'syscall',
      'mount str:cgroup str:/tmp str:cgroup 0 str:rdma',
      'mount str:cgroup2 str:/tmp str:cgroup2 0 0',
    ],
  },
];

/** New namespaces and mounts. */
export const namespaceAttempts: readonly Attempt[] = [...NAMESPACES, ...MOUNTS];
