import { CtError } from '../base/errors.ts';
import { DEFAULT_CONFIG, type Config } from '../config/schema.ts';
import type { Report } from '../base/report.ts';
import { readConfigFile } from '../host/config-file.ts';

/**
 * The user's configuration; the defaults when there is no file. The parser is loaded only for a file,
 * and the checks of the network's rules only where there are any.
 *
 * Errors: invalid_config, naming file, line, column and key
 */
export async function loadConfig(env: NodeJS.ProcessEnv, uid: number): Promise<Config> {
  const file = readConfigFile(env, uid);
  if (file === undefined) return DEFAULT_CONFIG;
  const { parseConfig, refuseStrangers } = await import('../config/parse.ts');
  const config = parseConfig(file);
  if (hasRules(config.network)) await checkRules(config.network, file.path);
  if (config.yolo.agents.length > 0) {
    refuseStrangers(
      config,
      file,
      (await import('../plan/agents.ts')).agentsOf(DEFAULT_CONFIG).keys(),
    );
  }
  return config;
}

/**
 * The same for what must work with a faulty file too, such as ending a session: what is wrong there is told and
 * does not count.
 */
export async function loadWhatIsRight(
  env: NodeJS.ProcessEnv,
  uid: number,
  report: Report,
): Promise<Config> {
  try {
    return await loadConfig(env, uid);
  } catch (thrown) {
    const { code, message } = CtError.from(thrown);
    if (code === 'internal') throw thrown;
    report.warn(`${message}; what is wrong there does not count now`);
  }
  const { parseWhatIsRight } = await import('../config/parse.ts');
  try {
    const file = readConfigFile(env, uid);
    return file === undefined ? DEFAULT_CONFIG : parseWhatIsRight(file);
  } catch {
    return DEFAULT_CONFIG;
  }
}

function hasRules(network: Config['network']): boolean {
  const { allowed_domains, allowed_ips, blocked_domains, blocked_ips, allow_private } = network;
  const lists = [allowed_domains, allowed_ips, blocked_domains, blocked_ips, allow_private];
  return lists.some((list) => list.length > 0);
}

async function checkRules(network: Config['network'], path: string): Promise<void> {
  const { checkNetwork } = await import('../plan/check-network.ts');
  try {
    await checkNetwork(network);
  } catch (thrown) {
    const { code, message, hint, details } = CtError.from(thrown);
    throw new CtError(code, `${path}: ${message}`, {
      ...(hint === undefined ? {} : { hint }),
      details: { ...details, file: path },
    });
  }
}
