/**
 * What not every engine hides by itself and a session does not need: how the host's kernel was built,
 * where its code lies, how many keys each account holds, its disks (Podman 4.3 masks them, 5.4 does not),
 * and the power meters that tell keys of a neighbour (Podman 5.4 masks them, 4.3 does not).
 *
 * Source: proc_config.gz(5), proc_kallsyms(5), proc_key-users(5), attempt ESC-26.5; CVE-2020-8694
 */
export const MASKED_TOO: readonly string[] = [
  '/proc/config.gz',
  '/proc/kallsyms',
  '/proc/key-users',
  '/sys/dev/block',
  '/sys/devices/virtual/powercap',
];
