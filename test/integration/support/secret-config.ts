import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { project, type Run } from './ct.ts';

/** A configuration of its own for a test. */
export interface SecretConfig {
  /** For runs of ct */
  readonly run: Run;
  readonly configDir: string;
  readonly cwd: string;
}

/** Runs of ct with `toml` as configuration, in a new project. */
export function secretConfig(toml: string): SecretConfig {
  const cwd = project();
  const base = mkdtempSync(join(cwd, '..', 'config-'));
  const configDir = join(base, 'ct');
  mkdirSync(configDir, { mode: 0o700 });
  writeFileSync(join(configDir, 'config.toml'), toml, { mode: 0o600 });
  return { run: { cwd, env: { XDG_CONFIG_HOME: base } }, configDir, cwd };
}
