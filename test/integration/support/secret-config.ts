import { createHash, randomBytes } from 'node:crypto';
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

/** A token that is in no file, no argument and no variable: a command makes it out of a seed. */
export interface Canary {
  readonly name: string;
  readonly token: string;
  /** Its table in config.toml */
  readonly toml: string;
}

/** A token with letters that every encoding changes. */
export function mintCanary(name: string): Canary {
  const seed = randomBytes(12).toString('hex');
  const sum = createHash('sha256').update(seed).digest('hex').slice(0, 32);
  const script = `printf ct/canary+=; printf %s ${seed} | sha256sum | cut -c1-32`;
  const toml = `[secrets.${name}]\ncommand = ["/bin/sh", "-c", ${JSON.stringify(script)}]\n`;
  return { name, token: `ct/canary+=${sum}`, toml };
}
