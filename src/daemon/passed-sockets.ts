/**
 * Descriptors of the listening sockets that systemd passed to this process; none when it was started in
 * another way. The variables are taken out of `env`: they are not meant for children.
 *
 * Source: sd_listen_fds(3)
 */
export function takePassedSockets(env: NodeJS.ProcessEnv, pid: number): readonly number[] {
  const { LISTEN_PID: who, LISTEN_FDS: count } = env;
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete env[name];
  if (Number(who) !== pid || !/^\d{1,3}$/u.test(count ?? '')) return [];
  return Array.from({ length: Number(count) }, (_, index) => 3 + index);
}
