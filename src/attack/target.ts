import type { SessionPlan } from '../plan/plan.ts';
import { CtError } from '../base/errors.ts';
import type { Target } from './attempt.ts';
import { runCt, type Launcher } from './victim.ts';

/**
 * What the session will be, by the plan that `ct run --dry-run` prints: expectations come from what was
 * promised, never from what is seen.
 *
 * Errors: failed_precondition with ct's own words when there is no plan
 */
export async function targetOf(launcher: Launcher): Promise<Target> {
  const { status, stdout, stderr } = await runCt(
    launcher,
    ['run', '--dry-run', ...launcher.flags, 'shell'],
    20_000,
  );
  if (status !== 0) {
    const words = stderr.trim().replace(/^ct: /u, '');
    throw new CtError('failed_precondition', words === '' ? 'there is no plan' : words);
  }
  return targetFrom(JSON.parse(stdout) as SessionPlan, process.arch);
}

/** The same from a plan. */
export function targetFrom(plan: SessionPlan, arch: string): Target {
  const { sandbox } = plan.container;
  return {
    preset: 'hardened',
    network: plan.network,
    seccomp: 'default',
    arch,
    enforced: {},
    writable: sandbox.mounts.flatMap((mount) =>
      'readOnly' in mount && mount.readOnly ? [] : [mount.target],
    ),
    projectFile: '.ct.toml',
  };
}
