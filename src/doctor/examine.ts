import type { Check, CheckResult, CheckStatus, DoctorReport } from './check.ts';
import { accountChecks } from './checks/account.ts';
import { engineChecks } from './checks/engine.ts';
import { kernelChecks } from './checks/kernel.ts';
import { supplyChecks } from './checks/supplies.ts';
import type { HostFacts } from './facts.ts';

/** Every check, in the order of the report: what is missing first comes first. */
export const CHECKS: readonly Check[] = [
  ...engineChecks,
  ...accountChecks,
  ...kernelChecks,
  ...supplyChecks,
];

/** Judges the facts. For root only the checks about the host: sessions belong to another account. */
export function examine(facts: HostFacts): DoctorReport {
  const isRoot = facts.account.uid === 0;
  const checks = CHECKS.filter(({ scope }) => !isRoot || scope === 'host').map(
    ({ id, title, run }): CheckResult => ({ id, title, ...run(facts) }),
  );
  const counts: Record<CheckStatus, number> = { ok: 0, warn: 0, fail: 0, unknown: 0, skipped: 0 };
  for (const { status } of checks) counts[status]++;
  const notes = isRoot
    ? [
        'You are root. Sessions run as an ordinary account, so these are the checks about the host only.',
        "For the account's own:  runuser -l ct -c 'ct sys doctor'",
      ]
    : [];
  return { schema: 1, notes, checks, counts };
}
