import type { Config } from '../config/schema.ts';
import type { SuffixJudge } from '../network/parse-rule.ts';
import { LIST_NAMES, userRules } from './network.ts';

/**
 * Checks every rule of the network's lists, and what is behind a star. What is allowed and blocked at
 * once is no fault: block wins, and `ct network list` shows it.
 *
 * Errors: invalid_config
 */
export async function checkNetwork(network: Config['network']): Promise<void> {
  const hasStar = LIST_NAMES.some((key) => network[key].some((text) => text.includes('*')));
  userRules(network, hasStar ? await loadSuffixes() : undefined);
}

/** The judge of names behind a star: a quarter of a megabyte, so loaded for that only. */
export async function loadSuffixes(): Promise<SuffixJudge> {
  const { suffixFault } = await import('../network/public-suffix.ts');
  return suffixFault;
}
