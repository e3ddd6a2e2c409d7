/**
 * Exit statuses that `ct` itself gives; a session's own status is passed through unchanged.
 *
 * Source: podman-run(1) "Exit Status", chroot(1)
 */
export const EXIT = {
  done: 0,
  answerIsNo: 1,
  usage: 2,
  ctFailed: 125,
  notExecutable: 126,
  notFound: 127,
} as const;

/**
 * Signals by number on Linux, for 128 + n; the numbers are the same on x86-64 and arm64.
 *
 * Source: signal(7)
 */
export const SIGNALS = {
  SIGHUP: 1,
  SIGINT: 2,
  SIGQUIT: 3,
  SIGKILL: 9,
  SIGUSR1: 10,
  SIGUSR2: 12,
  SIGPIPE: 13,
  SIGTERM: 15,
  SIGCONT: 18,
  SIGSTOP: 19,
  SIGTSTP: 20,
} as const;

/** A signal that `ct` knows how to send on. */
export type SignalName = keyof typeof SIGNALS;

/** Exit status of a process that died of `signal`, as a shell reports it. */
export function exitStatusOfSignal(signal: SignalName): number {
  return 128 + SIGNALS[signal];
}
