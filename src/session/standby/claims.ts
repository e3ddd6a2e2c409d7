import { readdirSync, readFileSync } from 'node:fs';
import { parseOwner, renderOwner, type Owner } from '../../base/owner.ts';
import type { ContainerSummary } from '../../engine/engine.ts';
import { removeQuietly, writeFileAtomic } from '../../host/files.ts';
import { ownerState } from '../../host/process.ts';
import { LABEL } from '../../plan/labels.ts';

/**
 * Who a claimed session belongs to. A container's labels are fixed when it is made, by the service; from
 * the claim on it is the run that must live. Without a record the service counts as its owner.
 */
export function claimFile(runtimeDir: string, session: string): string {
  return `${claimsDir(runtimeDir)}/${session}`;
}

function claimsDir(runtimeDir: string): string {
  return `${runtimeDir}/ct/claims`;
}

/** Writes it down, before the run is told. Errors: see `writeFileAtomic` */
export function noteClaim(runtimeDir: string, session: string, owner: Owner): void {
  writeFileAtomic(claimFile(runtimeDir, session), renderOwner(owner));
}

/** Who has claimed the session of that container; `undefined` when nobody has. */
export function claimOf(
  { labels }: Pick<ContainerSummary, 'labels'>,
  runtimeDir: string,
): Owner | undefined {
  const session = labels[LABEL.session] ?? '';
  if (!isStandby(labels) || !/^[0-9a-f]+$/u.test(session)) return undefined;
  return parseOwner(readQuietly(claimFile(runtimeDir, session)));
}

/** Whether it was made to wait for a run, and no run has come for it. */
export function isWaiting(
  container: Pick<ContainerSummary, 'labels'>,
  runtimeDir: string,
): boolean {
  return isStandby(container.labels) && claimOf(container, runtimeDir) === undefined;
}

function isStandby(labels: ContainerSummary['labels']): boolean {
  return labels[LABEL.life] === 'standby';
}

/** Removes the records of runs that were killed, once their sessions are gone. */
export function sweepClaims(runtimeDir: string, isAlive: (session: string) => boolean): void {
  for (const session of recorded(runtimeDir)) {
    const owner = parseOwner(readQuietly(claimFile(runtimeDir, session)));
    const isNeeded = isAlive(session) || (owner !== undefined && ownerState(owner) !== 'dead');
    if (!isNeeded) forgetClaim(runtimeDir, session);
  }
}

function recorded(runtimeDir: string): readonly string[] {
  try {
    return readdirSync(claimsDir(runtimeDir));
  } catch {
    return [];
  }
}

function readQuietly(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The session is over. */
export function forgetClaim(runtimeDir: string, session: string): void {
  removeQuietly(claimFile(runtimeDir, session));
}
