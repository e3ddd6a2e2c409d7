import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import type { ContainerStatus, ContainerSummary } from '../engine/engine.ts';
import { LABEL } from '../plan/labels.ts';
import { parseGrants, type Grant } from '../secrets/grants.ts';
import type { SessionContext } from './context.ts';
import { pruneAbandoned } from './prune.ts';
import { claimOf, isWaiting } from './standby/claims.ts';

/** A session as `ct ps` shows it. */
export interface SessionInfo {
  readonly id: string;
  readonly agent: string;
  readonly project: string;
  /** Where the project is inside */
  readonly workdir: string;
  readonly network: string;
  readonly preset: string;
  /** warm: the service keeps it for runs that enter it */
  readonly life: 'attached' | 'detached' | 'warm';
  readonly status: ContainerStatus;
  /** Milliseconds since the epoch */
  readonly createdMs: number;
  /** Names and kinds of the secrets that it has; a warm session has some while a run is in it */
  readonly secrets: readonly Grant[];
  /** The engine's id */
  readonly container: string;
  /** Host pid of PID 1; 0 when it does not run */
  readonly pid: number;
}

/**
 * Sessions of this installation, newest first; standbys are none before a run claims them. What killed ct
 * processes left is removed first.
 */
export async function listSessions(context: SessionContext): Promise<readonly SessionInfo[]> {
  const engine = await context.engine();
  const others = await pruneAbandoned(engine, context);
  const { reviveNetworks } = await import('./network.ts');
  await reviveNetworks(context);
  const { stateDir } = context.paths;
  return others
    .filter(({ labels }) => labels[LABEL.kind] === 'session')
    .filter((container) => !isWaiting(container, stateDir))
    .map((container) => sessionInfo(container, stateDir))
    .sort((a, b) => b.createdMs - a.createdMs);
}

/**
 * The one session that `selector` means: its id or the beginning of it, or the container's name.
 *
 * Errors: not_found; invalid_argument when several match
 */
export async function findSession(selector: string, context: SessionContext): Promise<SessionInfo> {
  const sessions = await listSessions(context);
  const matches = sessions.filter(
    (session) => session.id.startsWith(selector) || session.container.startsWith(selector),
  );
  const exact = matches.find((session) => session.id === selector);
  const [first, ...more] = exact === undefined ? matches : [exact];
  if (first === undefined || selector === '') {
    const { name } = await context.engine();
    const ids = sessions.map((session) => session.id).join(', ');
    const here = ids === '' ? "none runs; start one with 'ct run gemini'" : `sessions: ${ids}`;
    const other = name === 'podman' ? 'containerd' : 'podman';
    throw new CtError('not_found', `there is no session '${printable(selector)}' on ${name}`, {
      hint: `${here}\n'ct ps --engine ${other}' lists those of the other engine`,
    });
  }
  if (more.length > 0) {
    throw new CtError('invalid_argument', `'${printable(selector)}' means several sessions`, {
      hint: `type more of one of: ${matches.map((session) => session.id).join(', ')}`,
    });
  }
  return first;
}

function lifeOf(word: string): SessionInfo['life'] {
  return word === 'detached' || word === 'warm' ? word : 'attached';
}

function sessionInfo(container: ContainerSummary, stateDir: string): SessionInfo {
  const label = (key: string): string => container.labels[key] ?? '';
  const life = lifeOf(label(LABEL.life));
  const isEmpty = life === 'warm' && claimOf(container, stateDir) === undefined;
  return {
    id: label(LABEL.session),
    agent: label(LABEL.agent),
    project: label(LABEL.project),
    workdir: label(LABEL.workdir),
    network: label(LABEL.network),
    preset: label(LABEL.preset),
    life,
    status: container.status,
    createdMs: container.createdMs,
    secrets: isEmpty ? [] : parseGrants(container.labels[LABEL.secrets]),
    container: container.id,
    pid: container.pid,
  };
}
