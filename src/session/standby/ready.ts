import type { DaemonStatus } from '../../daemon/wire/place.ts';
import type { NetworkMode } from '../../plan/options.ts';
import type { SessionPlan } from '../../plan/plan.ts';

/** A session that waits for a run, as a person may see it. */
export interface ReadySession {
  readonly session: string;
  readonly agent: string;
  readonly project: string;
  readonly network: NetworkMode;
}

/** A session as a person may see it. */
export function readyOf({ session, agent, project, network }: SessionPlan): ReadySession {
  return { session, agent, project: project.source, network };
}

/** Those that a service says it keeps ready. */
export function readyIn(status: DaemonStatus): readonly ReadySession[] {
  return keptBy(status, 'standbys');
}

/** Those that a service says it keeps warm. */
export function warmIn(status: DaemonStatus): readonly ReadySession[] {
  return keptBy(status, 'warm');
}

function keptBy({ parts }: DaemonStatus, part: string): readonly ReadySession[] {
  return (parts[part]?.['ready'] ?? []) as readonly ReadySession[];
}
