import type { DaemonStatus } from '../../daemon/wire/place.ts';

/** A session that waits for a run, as a person may see it. */
export interface ReadySession {
  readonly session: string;
  readonly agent: string;
  readonly project: string;
}

/** Those that a service says it keeps ready. */
export function readyIn({ parts }: DaemonStatus): readonly ReadySession[] {
  return (parts['standbys']?.['ready'] ?? []) as readonly ReadySession[];
}
