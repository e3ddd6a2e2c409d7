import { CtError } from '../../base/errors.ts';
import { printable } from '../../base/text.ts';
import { ENGINE_TRAITS } from '../../engine/choose.ts';
import { engineOf } from '../../engine/open.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import type { SessionContext } from '../context.ts';

/** As many as anybody may keep ready. Source: `daemon.standby` in the schema */
const MAX = 16;

/**
 * How many sessions the user wants to be kept ready: `CT_STANDBY`, else the configuration.
 *
 * Errors: invalid_argument for a word that is no such number
 */
export function standbyCount({ config, env }: Pick<SessionContext, 'config' | 'env'>): number {
  const word = env['CT_STANDBY'] ?? '';
  if (word === '') return config.daemon.standby;
  if (/^\d{1,2}$/u.test(word) && Number(word) <= MAX) return Number(word);
  throw new CtError('invalid_argument', `CT_STANDBY is '${printable(word)}'`, {
    hint: `it is a number of sessions, 0 to ${MAX}`,
  });
}

/** Whether standbys are switched on, and can serve a run like this one. Errors: see `standbyCount` */
export function wantsStandby(
  { detach, explainDenials }: Pick<SessionPlan, 'detach' | 'explainDenials'>,
  context: Pick<SessionContext, 'config' | 'env'>,
): boolean {
  // Somebody must follow it, and watchers of its first call must be there before it is at its gate.
  const isPlain = !detach && !explainDenials;
  return standbyCount(context) > 0 && isPlain && ENGINE_TRAITS[engineOf(context)].standby;
}
