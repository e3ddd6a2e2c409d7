import { readFileSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { readConfigFile } from '../host/config-file.ts';
import { writeFileAtomic } from '../host/files.ts';
import { sha256 } from '../image/base.ts';
import { NOTHING_INSTALLED, parseInstalled, type InstalledPackages } from '../image/installed.ts';
import type { SessionContext } from './context.ts';

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

/** Says when packages.toml is not what was installed: a run installs nothing of it. */
export function tellChangedPackages({ env, paths, report }: SessionContext): void {
  try {
    const file = readConfigFile(env, process.getuid?.() ?? 0, 'packages.toml');
    const wish = file === undefined ? '' : sha256(file.text);
    if (wish === readInstalled(paths.stateDir).wish) return;
    report.note("packages.toml has changed: 'ct sys packages --install' makes it so");
  } catch (thrown) {
    report.warn(`packages.toml is not used: ${CtError.from(thrown).message}`);
  }
}

function fileIn(stateDir: string): string {
  return `${stateDir}/packages.json`;
}
