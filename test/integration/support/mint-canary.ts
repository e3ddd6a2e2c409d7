import { createHash, randomBytes } from 'node:crypto';

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
