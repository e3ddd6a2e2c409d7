import { printable } from '../base/text.ts';
import type { ServeWish } from '../gateway/served-session.ts';
import { describeLesson, learn } from '../network/learn.ts';
import { summariseDenied } from '../network/summary.ts';
import type { SessionContext } from './context.ts';
import { readNetworkLog } from './network-log.ts';

/**
 * Says at the end of a session what its network denied, each with the command that would allow it; of a
 * recorded one (`ct network learn`) also the rules that it would have needed, or with `--shadow` what
 * strict would have denied. Of a session that serves more than one run, what came since `sinceMs`.
 */
export function tellNetwork(
  { session, policy }: Pick<ServeWish, 'session' | 'policy'>,
  context: SessionContext,
  sinceMs = 0,
): void {
  const records = readNetworkLog(session, context).filter(({ time }) => time >= sinceMs);
  const denied = records.map((record) => ({ record, times: 1 }));
  const lesson =
    policy.record === undefined ? [] : describeLesson(learn(records, policy), policy.record);
  for (const line of [...summariseDenied(denied, session, policy.ports), ...lesson]) {
    context.report.note(printable(line));
  }
}
