import { DEFAULT_CONFIG, type Config } from '../config/schema.ts';
import { readConfigFile } from '../host/config-file.ts';

/**
 * The user's configuration; the defaults when there is no file. The parser is loaded only for a file.
 *
 * Errors: invalid_config, naming file, line, column and key
 */
export async function loadConfig(env: NodeJS.ProcessEnv, uid: number): Promise<Config> {
  const file = readConfigFile(env, uid);
  if (file === undefined) return DEFAULT_CONFIG;
  const { parseConfig } = await import('../config/parse.ts');
  return parseConfig(file);
}
