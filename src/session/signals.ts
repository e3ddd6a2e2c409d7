import type { SignalName } from '../base/exit.ts';

/** Signals that a session gets when ct gets them. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** What signals do while a session runs. */
export interface SignalTargets {
  /** Sends a signal to the program inside */
  forward(signal: SignalName): void;
  /** Called when ct was continued after a stop: the terminal may have changed */
  resumed(): void;
  /** Called before ct stops itself */
  suspending(): void;
}

/**
 * Makes signals do what they do to a local program: they reach the program inside, and its end is
 * ours. SIGTSTP stops both; SIGCONT continues both.
 *
 * Returns how to put the defaults back.
 * Source: signal(7), podman-run(1) --sig-proxy
 */
export function forwardSignals(targets: SignalTargets): () => void {
  const listeners = new Map<NodeJS.Signals, () => void>();
  for (const signal of FORWARDED) listeners.set(signal, () => targets.forward(signal));
  listeners.set('SIGTSTP', () => suspend(targets));
  listeners.set('SIGCONT', () => {
    targets.forward('SIGCONT');
    targets.resumed();
  });
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

/** Stops the program inside and then ct; the shell that started ct gets its terminal back. */
export function suspend(targets: SignalTargets): void {
  targets.forward('SIGTSTP');
  targets.suspending();
  process.kill(process.pid, 'SIGSTOP');
}
