import { parsePackages } from '../config/packages.ts';
import { NO_PACKAGES, type WantedPackages } from '../config/packages-schema.ts';
import { readConfigFile } from '../host/config-file.ts';
import { sha256 } from '../image/base.ts';
import type { SessionContext } from './context.ts';

/**
 * What the user's packages.toml asks for, with the digest of its text; nothing without one.
 *
 * Errors: invalid_config, naming file, line, column and key
 */
export function readWanted({ env }: Pick<SessionContext, 'env'>): {
  readonly wanted: WantedPackages;
  readonly wish: string;
} {
  const file = readConfigFile(env, process.getuid?.() ?? 0, 'packages.toml');
  if (file === undefined) return { wanted: NO_PACKAGES, wish: '' };
  return { wanted: parsePackages(file), wish: sha256(file.text) };
}
