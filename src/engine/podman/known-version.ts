import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../host/files.ts';

/**
 * The engine's version as its last answer to an earlier ct gave it; saves one question a run. It may
 * be wrong after an upgrade: whoever relies on it looks again when a call fails.
 */
export interface KnownVersion {
  readonly version: string | undefined;
  /** Remembers what an answer said; never fails */
  learn(version: string): void;
}

/** Kept in the runtime directory, so that a restart of the host forgets it. */
export function knownVersion(runtimeDir: string): KnownVersion {
  const path = `${runtimeDir}/ct/podman-version`;
  const version = read(path);
  return {
    version,
    learn: (seen) => {
      if (seen === version || !isVersion(seen)) return;
      try {
        writeFileAtomic(path, seen);
      } catch {
        // The next run asks again.
      }
    },
  };
}

function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'latin1');
    return isVersion(text) ? text : undefined;
  } catch {
    return undefined;
  }
}

function isVersion(text: string): boolean {
  return /^\d{1,4}(?:\.\d{1,6}){1,3}(?:-[\w.]{1,32})?$/u.test(text);
}
