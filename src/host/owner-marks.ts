import { readdirSync, writeFileSync } from 'node:fs';
import { parseOwner, renderOwner, type Owner } from '../base/owner.ts';

import { ensurePrivateDir, removeQuietly } from './files.ts';
import { ownerState } from './process.ts';

/** This process among those that own sessions. */
export interface OwnerMark {
  /** Whether one of them was killed, so that the engine may hold something of it */
  readonly somebodyDied: boolean;
  /** Forgets the dead: what they left is cleaned */
  forgetDead(): void;
  /** Called when this process leaves in good order */
  remove(): void;
}

/**
 * Leaves a mark in the runtime directory while this process owns a session, and looks at those of
 * others. A hint and no more: it saves a run from asking the engine for what is usually not there;
 * what is removed is decided by the labels of the containers.
 *
 * After a restart of the host there are no marks at all, which counts as somebody having died.
 */
export function leaveOwnerMark(runtimeDir: string, owner: Owner): OwnerMark {
  const dir = `${runtimeDir}/ct/owners`;
  const mine = `${dir}/${renderOwner(owner)}`;
  const { dead, isFirst } = lookAround(dir);
  try {
    ensurePrivateDir(dir);
    writeFileSync(mine, '', { mode: 0o600 });
  } catch {
    // Without marks every run asks the engine.
  }
  return {
    somebodyDied: isFirst || dead.length > 0,
    forgetDead: () => {
      for (const name of dead) removeQuietly(`${dir}/${name}`);
    },
    remove: () => removeQuietly(mine),
  };
}

function lookAround(dir: string): { readonly dead: readonly string[]; readonly isFirst: boolean } {
  try {
    const dead = readdirSync(dir).filter((name) => {
      const owner = parseOwner(name);
      return owner === undefined || ownerState(owner) === 'dead';
    });
    return { dead, isFirst: false };
  } catch {
    return { dead: [], isFirst: true };
  }
}
