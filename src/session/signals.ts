import type { SignalName } from '../base/exit.ts';

/** Signals that a session gets when ct gets them. */
const FORWARDED = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR1', 'SIGUSR2'] as const;

/** What signals do while a session runs. */
export interface SignalTargets {
  /** Sends a signal to the program inside */
  forward(signal: SignalName): void;
  /** Stops the program inside; resolves to whether it did stop */
  stop(): Promise<boolean>;
  /** Continues it */
  continue(): void;
  /** Called before ct stops itself: gives the terminal back to the shell */
  suspending(): void;
  /** Called when ct was continued: takes the terminal again, its size may have changed */
  resumed(): void;
}

/**
 * Makes signals do what they do to a local program: they reach the program inside, and its end is
 * ours. SIGTSTP stops both, unless the program handles it and goes on; SIGCONT continues both.
 *
 * Returns how to put the defaults back.
 * Source: signal(7), podman-run(1) --sig-proxy
 */
export function forwardSignals(targets: SignalTargets): () => void {
  const listeners = new Map<NodeJS.Signals, () => void>();
  for (const signal of FORWARDED) listeners.set(signal, () => targets.forward(signal));
  listeners.set('SIGTSTP', () => {
    void targets.stop().then((stopped) => {
      if (stopped) suspend(targets);
    });
  });
  listeners.set('SIGCONT', () => {
    targets.continue();
    targets.resumed();
  });
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

/** Stops ct after the program inside has stopped; the shell that started ct gets its terminal back. */
export function suspend(targets: SignalTargets): void {
  targets.suspending();
  process.kill(process.pid, 'SIGSTOP');
}
