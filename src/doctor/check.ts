import type { HostFacts } from './facts.ts';

/** `unknown`: it could not be found out. `skipped`: it does not apply here, and `found` says why. */
export type CheckStatus = 'ok' | 'warn' | 'fail' | 'unknown' | 'skipped';

/** What one check came to. */
export interface Finding {
  readonly status: CheckStatus;
  /** What is there, in a few words */
  readonly found: string;
  /** What to type or change, one or more lines; for everything but `ok` */
  readonly fix?: string;
}

/**
 * One check: facts in, finding out. It reads nothing itself.
 *
 * `scope` says whom it is about: `host` holds for everybody, `account` only for the one who asks.
 */
export interface Check {
  readonly id: string;
  readonly title: string;
  readonly scope: 'host' | 'account';
  run(facts: HostFacts): Finding;
}

/** A check with what it came to. */
export interface CheckResult extends Finding {
  readonly id: string;
  readonly title: string;
}

/** All of it, as `ct sys doctor --json` prints it. */
export interface DoctorReport {
  readonly schema: 1;
  readonly notes: readonly string[];
  readonly checks: readonly CheckResult[];
  readonly counts: Readonly<Record<CheckStatus, number>>;
}

/** Short forms for findings. */
export const ok = (found: string): Finding => ({ status: 'ok', found });
export const warn = (found: string, fix: string): Finding => ({ status: 'warn', found, fix });
export const bad = (found: string, fix: string): Finding => ({ status: 'fail', found, fix });
export const unknown = (found: string, fix?: string): Finding => ({
  status: 'unknown',
  found,
  ...(fix === undefined ? {} : { fix }),
});
export const skipped = (found: string): Finding => ({ status: 'skipped', found });
