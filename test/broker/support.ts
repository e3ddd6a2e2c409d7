import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SecretHost } from '../../src/broker/sources.ts';

/** Directories of an account that has nothing yet; on a real file system, since modes and links matter. */
export function emptyHost(env: NodeJS.ProcessEnv = {}): SecretHost & { readonly dir: string } {
  const dir = mkdtempSync(join(tmpdir(), 'ct-broker-'));
  const paths = { configDir: join(dir, 'config'), stateDir: join(dir, 'state') };
  for (const path of [...Object.values(paths), join(dir, 'project')])
    mkdirSync(path, { mode: 0o700 });
  return { dir, env, paths, projectDir: join(dir, 'project'), settings: {} };
}
