import { existsSync, readFileSync } from 'node:fs';
import { writeFileAtomic } from '../host/files.ts';
import type { Paths } from '../host/paths.ts';
import { NOTHING_INSTALLED, parseInstalled, type InstalledPackages } from '../image/installed.ts';

/**
 * What is installed of packages.toml; nothing when the file is missing or garbled, which costs an
 * installation and no more. On the path of every run.
 */
export function readInstalled(stateDir: string): InstalledPackages {
  let text: string;
  try {
    text = readFileSync(fileIn(stateDir), 'utf8');
  } catch {
    return NOTHING_INSTALLED;
  }
  try {
    return parseInstalled(JSON.parse(text)) ?? NOTHING_INSTALLED;
  } catch {
    return NOTHING_INSTALLED;
  }
}

/** The one step with which sessions begin to use another layer and another generation. */
export function writeInstalled(stateDir: string, installed: InstalledPackages): void {
  writeFileAtomic(fileIn(stateDir), `${JSON.stringify(installed, null, 2)}\n`);
}

/** Whether packages.toml is there or was: most users have none, and a run then looks no further. */
export function knowsPackages(paths: Pick<Paths, 'configDir' | 'stateDir'>): boolean {
  return existsSync(`${paths.configDir}/packages.toml`) || existsSync(fileIn(paths.stateDir));
}

function fileIn(stateDir: string): string {
  return `${stateDir}/packages.json`;
}
