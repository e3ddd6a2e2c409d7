import { readdirSync } from 'node:fs';
import { parseOwner, renderOwner, type Owner } from '../../base/owner.ts';
import type { ContainerSummary } from '../../engine/engine.ts';
import { removeQuietly, writeFileAtomic } from '../../host/files.ts';
import { ownerState } from '../../host/process.ts';
import { recallText } from '../../host/remembered.ts';
import { LABEL } from '../../plan/labels.ts';

/**
 * Who a claimed session belongs to. A container's labels are fixed when it is made, by the service; from
 * the claim on it is the run that must live. Without a record the service counts as its owner. The record lies
 * beside the installation's id, so that whoever would clean up finds it, in whatever runtime directory.
 */
export function claimFile(stateDir: string, session: string): string {
  return `${claimsDir(stateDir)}/${session}`;
}

function claimsDir(stateDir: string): string {
  return `${stateDir}/claims`;
}

/** Writes it down, before the run is told. After the end of the host nobody lives. Errors: see `writeFileAtomic` */
export function noteClaim(stateDir: string, session: string, owner: Owner): void {
  writeFileAtomic(claimFile(stateDir, session), renderOwner(owner), 0o600, false);
}

/** Who has claimed the session of that container; `undefined` when nobody has. */
export function claimOf(
  { labels }: Pick<ContainerSummary, 'labels'>,
  stateDir: string,
): Owner | undefined {
  const session = labels[LABEL.session] ?? '';
  if (!isClaimable(labels) || !/^[0-9a-f]+$/u.test(session)) return undefined;
  return parseOwner(recallText(claimFile(stateDir, session)));
}

/** Whether it was made to wait for a run, and no run has come for it. */
export function isWaiting(container: Pick<ContainerSummary, 'labels'>, stateDir: string): boolean {
  return isStandby(container.labels) && claimOf(container, stateDir) === undefined;
}

/** Made by the service for runs to come. */
function isClaimable(labels: ContainerSummary['labels']): boolean {
  return isStandby(labels) || labels[LABEL.life] === 'warm';
}

function isStandby(labels: ContainerSummary['labels']): boolean {
  return labels[LABEL.life] === 'standby';
}

/** Removes the records of runs that were killed, once their sessions are gone. */
export function sweepClaims(stateDir: string, isAlive: (session: string) => boolean): void {
  for (const session of recorded(stateDir)) {
    const owner = parseOwner(recallText(claimFile(stateDir, session)));
    const isNeeded = isAlive(session) || (owner !== undefined && ownerState(owner) !== 'dead');
    if (!isNeeded) forgetClaim(stateDir, session);
  }
}

function recorded(stateDir: string): readonly string[] {
  try {
    return readdirSync(claimsDir(stateDir));
  } catch {
    return [];
  }
}

/** The session is over. */
export function forgetClaim(stateDir: string, session: string): void {
  removeQuietly(claimFile(stateDir, session));
}
