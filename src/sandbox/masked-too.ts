/**
 * What engines show and a session does not need: how the host's kernel was built, where its code lies,
 * and how many keys each account holds. Masked like what engines mask by themselves.
 *
 * Source: proc_config.gz(5), proc_kallsyms(5), proc_key-users(5); attempt ESC-26.5
 */
export const MASKED_TOO: readonly string[] = [
  '/proc/config.gz',
  '/proc/kallsyms',
  '/proc/key-users',
];
