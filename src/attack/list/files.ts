import type { Attempt } from '../attempt.ts';

/** What the kernel or the mount says when it refuses a file. */
const NO_FILE = ['EROFS', 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'EXDEV', 'ENODEV', 'ENXIO'];

const file = { group: 'files', stage: 'agent', expect: 'refused', held: NO_FILE } as const;

/** The kernel's own file systems (SECURITY ESC-26). */
const KERNEL: readonly Attempt[] = [
  {
    ...file,
    id: 'ESC-26.1',
    title: 'kernel settings in /proc/sys',
    cve: ['CVE-2025-52881'],
    run: ['write_tree', '/proc/sys'],
    expect: 'read-only',
    held: ['read-only'],
  },
  {
    ...file,
    id: 'ESC-26.2',
    title: 'core_pattern, modprobe, sysrq, uevent',
    cve: ['CVE-2025-31133', 'CVE-2022-0492'],
    run: [
      'open_to_write',
      ...['/proc/sys/kernel/core_pattern', '/proc/sys/kernel/modprobe', '/proc/sysrq-trigger'],
      ...['/sys/kernel/uevent_helper', '/proc/sys/fs/binfmt_misc/register'],
    ],
  },
  {
    ...file,
    id: 'ESC-26.3',
    title: 'writable files in /sys',
    run: ['write_tree', '/sys', '^/sys/fs/cgroup'],
    expect: 'read-only',
    held: ['read-only'],
  },
  {
    ...file,
    id: 'ESC-26.4',
    title: 'keys, timers, memory, firmware to read',
    cve: ['CVE-2025-31133'],
    run: [
      'masked',
      ...['/proc/kcore', '/proc/keys', '/proc/timer_list', '/proc/sched_debug', '/proc/scsi'],
      ...['/proc/latency_stats', '/sys/firmware', '/sys/devices/virtual/powercap', '/proc/acpi'],
    ],
    expect: 'hidden',
    held: ['hidden'],
  },
  {
    ...file,
    id: 'ESC-26.5',
    title: "the kernel's build and symbols to read",
    run: ['masked', '/proc/config.gz', '/proc/kallsyms', '/proc/key-users'],
    expect: 'hidden',
    held: ['hidden'],
  },
  {
    ...file,
    id: 'ESC-10.1',
    title: 'control groups to write to',
    cve: ['CVE-2023-25809'],
    run: ['write_tree', '/sys/fs/cgroup'],
    expect: 'read-only',
    held: ['read-only', 'nothing there'],
  },
  {
    ...file,
    id: 'ESC-10.2',
    title: 'new control groups, release_agent',
    cve: ['CVE-2022-0492'],
    run: ['make_dir', '/sys/fs/cgroup/ct', '/sys/fs/cgroup/rdma/ct', '/sys/fs/cgroup/memory/ct'],
  },
  {
    ...file,
    id: 'ESC-10.3',
    title: "names and figures of the host's groups",
    run: ['control_groups'],
    expect: 'its own',
    held: ['its own'],
  },
  {
    ...file,
    id: 'ESC-27.1',
    title: 'device nodes beside the usual ones',
    run: ['devices'],
    expect: 'the usual',
    held: ['the usual'],
  },
  {
    ...file,
    id: 'ESC-27.2',
    title: 'new device nodes for memory and disks',
    run: ['mknod', 'c:1:1', 'b:8:0', 'b:254:0', 'c:10:200'],
    held: [...NO_FILE, 'ENOSYS'],
  },
  {
    ...file,
    id: 'ESC-27.3',
    title: 'memory, disk, KVM, vsock devices',
    run: [
      'open_to_write',
      '/dev/mem',
      '/dev/kmsg',
      '/dev/kvm',
      '/dev/vda',
      '/dev/sda',
      '/dev/vsock',
      '/dev/fuse',
      '/dev/net/tun',
    ],
  },
];

/** The image, which every session shares, and the mounts of this one. */
const IMAGE: readonly Attempt[] = [
  {
    ...file,
    id: 'ESC-31.1',
    title: "the image's programs and libraries",
    run: [
      'open_to_write',
      ...['/etc/passwd', '/usr/bin/env', '/usr/libexec/ct/entry', '/usr/bin/catatonit'],
      ...['/usr/bin/perl', '/etc/ld.so.cache', '/etc/hosts', '/etc/resolv.conf', '/etc/hostname'],
    ],
  },
  {
    ...file,
    id: 'ESC-31.2',
    title: 'new files that the loader or shells read',
    run: [
      'create',
      '/etc/ld.so.preload',
      '/etc/profile.d/ct.sh',
      '/usr/local/bin/git',
      '/x',
      '/lib/x',
    ],
  },
  {
    ...file,
    id: 'WS-13',
    title: 'homes and projects of other sessions',
    run: ['create', '/opt/x', '/home/x', '/projects/x'],
  },
  {
    ...file,
    id: 'SEC-20.4',
    title: 'mounts that are writable or honour setuid',
    run: ['mounts', '{writable}'],
    expect: 'as planned',
    held: ['as planned'],
  },
  {
    ...file,
    id: 'SEC-20.5',
    title: 'mounts that reach back to the host',
    stage: 'outside',
    run: ['propagation'],
    expect: 'private',
    held: ['private'],
  },
];

/** Files of the host. */
const HOST: readonly Attempt[] = [
  {
    ...file,
    id: 'ESC-32.1',
    title: 'a file of the host, by every way up',
    cve: ['CVE-2018-15664'],
    run: ['read_host', '{canary}'],
    expect: 'not there',
  },
  {
    ...file,
    id: 'WS-08.1',
    title: 'a file of the host, by links',
    cve: ['CVE-2026-39861', 'CVE-2026-25724'],
    run: ['read_by_link', '{canary}'],
    expect: 'not there',
  },
  {
    ...file,
    id: 'ESC-32.2',
    title: 'out of a directory that is moved away',
    cve: ['CVE-2015-2925'],
    run: ['climb_open_dir', '{canary}'],
    expect: 'no way out',
    held: ['no way out'],
  },
  {
    ...file,
    id: 'ESC-32.3',
    title: 'files of the host changed by any of this',
    stage: 'outside',
    run: ['canary'],
    expect: 'untouched',
    held: ['untouched'],
  },
];

/** Files of the kernel, the image and the host. */
export const fileAttempts: readonly Attempt[] = [...KERNEL, ...IMAGE, ...HOST];
