import { REFUSED, type Attempt } from '../attempt.ts';

const kernel = { group: 'kernel', stage: 'agent', expect: 'refused', held: REFUSED } as const;
const debugging = { ...kernel, permittedBy: ['debug'] } as const;

/**
 * System calls that agents do not need, one attempt a family. Arguments are harmless or void: what
 * reaches the kernel fails there with another word than a refusal.
 */
const CALLS: readonly Attempt[] = [
  {
    ...kernel,
    id: 'SEC-02.1',
    title: 'io_uring',
    cve: ['CVE-2026-43494', 'CVE-2022-29582'],
    run: [
      'syscall',
      'io_uring_setup 4 buf:120',
      'io_uring_enter 0 0 0 0 0',
      'io_uring_register 0 0 0 0',
    ],
  },
  {
    ...kernel,
    id: 'SEC-02.2',
    title: 'eBPF programs and maps',
    cve: ['CVE-2021-3490', 'CVE-2023-2163'],
    run: ['syscall', 'bpf 0 buf:128 128', 'bpf 5 buf:128 128'],
  },
  {
    ...debugging,
    id: 'SEC-02.3',
    title: 'performance counters',
    cve: ['CVE-2013-2094'],
    run: ['syscall', 'perf_event_open buf:128 0 -1 -1 0'],
  },
  {
    ...kernel,
    id: 'SEC-02.4',
    title: 'userfaultfd, which widens races',
    cve: ['CVE-2021-22555'],
    run: ['syscall', 'userfaultfd 0', 'userfaultfd 1'],
  },
  {
    ...kernel,
    id: 'ESC-28',
    title: "the kernel's keyrings",
    cve: ['CVE-2016-0728', 'CVE-2026-43500'],
    run: [
      'syscall',
      'keyctl 0 -4 0',
      'keyctl 1 0',
      'add_key str:user str:ct str:x 1 -4',
      'request_key str:user str:ct 0 -4',
    ],
  },
  {
    ...debugging,
    id: 'SEC-02.5',
    title: "other processes' memory",
    cve: ['CVE-2022-30594'],
    run: [
      'syscall',
      'ptrace 0 0 0 0',
      'ptrace 0x4206 parent 0 0',
      'process_vm_readv parent 0 0 0 0 0',
      'process_vm_writev parent 0 0 0 0 0',
      'kcmp self parent 0 0 0',
    ],
  },
  {
    ...debugging,
    id: 'SEC-02.6',
    title: "other processes' descriptors",
    run: ['syscall', 'pidfd_getfd -1 0 0'],
  },
  {
    ...kernel,
    id: 'SEC-02.7',
    title: 'files by handle (Shocker)',
    cve: ['CVE-2014-9357'],
    run: [
      'syscall',
      'name_to_handle_at -100 str:/ buf:136 buf:4 0',
      'open_by_handle_at -100 buf:136 0',
    ],
  },
  {
    ...kernel,
    id: 'SEC-02.8',
    title: 'kernel modules and kexec',
    run: ['syscall', 'init_module 0 0 0', 'finit_module -1 0 0', 'kexec_load 0 0 0 0'],
  },
  {
    ...kernel,
    id: 'SEC-02.9',
    title: 'clock, reboot, swap, accounting, quota',
    run: [
      'syscall',
      'settimeofday 0 0',
      'reboot 0 0 0 0',
      'swapon 0 0',
      'acct str:/nonexistent/ct',
      'quotactl 0x80000700 0 0 0',
    ],
  },
  {
    ...kernel,
    id: 'SEC-02.10',
    title: "the kernel's log",
    run: ['syscall', 'syslog 3 buf:64 64', 'syslog 10 0 0'],
  },
  {
    ...kernel,
    id: 'SEC-02.11',
    title: 'I/O ports and descriptor tables',
    arch: 'x64',
    run: ['syscall', 'iopl 3', 'modify_ldt 0 buf:64 64'],
  },
  {
    ...kernel,
    id: 'SEC-02.12',
    title: 'NUMA policy, fanotify, secret memory',
    run: [
      'syscall',
      'set_mempolicy 0 0 0',
      'migrate_pages 0 0 0 0',
      'move_pages 0 0 0 0 0 0',
      'fanotify_init 0 0',
      'memfd_secret 0',
    ],
  },
  {
    ...debugging,
    id: 'SEC-02.13',
    title: 'programs without address randomisation',
    run: ['syscall', 'personality 0x0040000', 'personality 0x0400000'],
  },
];

/** Ways around a filter that looks at the wrong bits, the wrong call or the wrong ABI. */
const AROUND: readonly Attempt[] = [
  {
    ...kernel,
    id: 'SEC-04.1',
    title: 'the 32-bit way into the kernel (int 80)',
    arch: 'x64',
    run: ['int80'],
    held: ['SIGSYS', 'refused'],
  },
  {
    ...kernel,
    id: 'SEC-04.2',
    title: 'the x32 calls',
    arch: 'x64',
    run: ['x32'],
    held: ['SIGSYS', ...REFUSED],
  },
  {
    ...kernel,
    id: 'SEC-02.14',
    title: 'kernel TLS on a connection',
    cve: ['CVE-2023-0461', 'CVE-2026-46300'],
    run: ['tcp_ulp', 'tls'],
    held: ['ENOPROTOOPT', ...REFUSED],
  },
  {
    ...kernel,
    id: 'SEC-03.1',
    title: 'kernel TLS with bits above the 32',
    cve: ['CVE-2019-10063'],
    run: ['tcp_ulp', 'tls', 'garbage'],
    held: ['ENOPROTOOPT', ...REFUSED],
  },
  {
    ...kernel,
    id: 'SEC-02.15',
    title: 'Dirty Pipe on a read-only file',
    cve: ['CVE-2022-0847', 'CVE-2026-53362'],
    run: ['dirty_pipe'],
    expect: 'unchanged',
    held: ['unchanged', 'EINVAL', ...REFUSED],
  },
  {
    ...kernel,
    id: 'SEC-02.16',
    title: 'urgent data on Unix sockets',
    cve: ['CVE-2025-38236', 'CVE-2024-36972'],
    run: ['msg_oob'],
    permittedBy: ['default', 'browser', 'nested', 'debug'],
    held: ['EINVAL', 'EOPNOTSUPP', ...REFUSED],
  },
  {
    ...kernel,
    id: 'SEC-02.17',
    title: 'splice, where strict takes it away',
    cve: ['CVE-2022-0847', 'CVE-2026-31431'],
    run: ['syscall', 'splice -1 0 -1 0 1 0', 'tee -1 -1 1 0'],
    permittedBy: ['default', 'browser', 'nested', 'debug'],
    held: ['splice:EINVAL', 'tee:EINVAL', ...REFUSED],
  },
];

/** Typing into a terminal from inside (SECURITY ESC-25). */
const TERMINAL: readonly Attempt[] = (
  [
    ['SEC-05.1', 'typing into the terminal (TIOCSTI)', '0x5412', 'x', '', ['CVE-2017-5226']],
    ['SEC-05.2', 'TIOCSTI with bits above the 32', '0x5412', 'x', 'garbage', ['CVE-2019-10063']],
    ['SEC-05.3', 'another line discipline (TIOCSETD)', '0x5423', 'int', '', ['CVE-2023-28100']],
    ['SEC-05.4', 'console selections (TIOCLINUX)', '0x541c', 'int', '', ['CVE-2023-28100']],
  ] as const
).map(([id, title, request, argument, garbage, cve]) => ({
  ...kernel,
  id,
  title,
  cve,
  run: ['tty_ioctl', request, argument, garbage],
  // EIO is a kernel that has TIOCSTI switched off.
  held: request === '0x5412' ? ['EIO', ...REFUSED] : REFUSED,
}));

/** The kernel by system calls. */
export const kernelAttempts: readonly Attempt[] = [...CALLS, ...AROUND, ...TERMINAL];
