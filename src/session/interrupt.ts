import { CtError } from '../base/errors.ts';

const CAUGHT = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** A way to stop work that has not become a session yet. */
export interface Interruptible {
  /** Fires at the first of SIGINT, SIGTERM, SIGHUP; its reason is a `canceled` error */
  readonly signal: AbortSignal;
  /** The signal that fired it */
  readonly caught: (typeof CAUGHT)[number] | undefined;
  /** Gives the signals back */
  release(): void;
}

/** Catches the signals that end a program, so that what was begun can be taken back first. */
export function interruptible(): Interruptible {
  const controller = new AbortController();
  let caught: (typeof CAUGHT)[number] | undefined;
  const listeners = CAUGHT.map((name) => {
    const listener = (): void => {
      caught ??= name;
      controller.abort(
        new CtError('canceled', `stopped by ${name}`, { details: { signal: name } }),
      );
    };
    process.on(name, listener);
    return () => process.off(name, listener);
  });
  return {
    signal: controller.signal,
    get caught() {
      return caught;
    },
    release: () => {
      for (const undo of listeners.splice(0)) undo();
    },
  };
}
