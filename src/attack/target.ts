import type { Limits } from '../sandbox/spec.ts';
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
  const { detail } = plan.enforcement.find(({ aspect }) => aspect === 'seccomp') ?? {};
  return {
    preset: plan.preset,
    network: plan.network,
    seccomp: detail ?? 'none',
    arch,
    enforced: enforcedIn(sandbox.limits),
    writable: [
      ...(sandbox.readOnlyRoot ? [] : ['/']),
      ...sandbox.mounts.flatMap((mount) =>
        'readOnly' in mount && mount.readOnly ? [] : [mount.target],
      ),
    ],
    projectFile: '.ct.toml',
  };
}

/** Limits that the session really has: the plan leaves out what the host cannot set. */
function enforcedIn(limits: Limits): Readonly<Record<string, number>> {
  const perProcess = limits.process.map(({ name, value }) => [name, value] as const);
  const { nproc } = Object.fromEntries(perProcess);
  const pids = limits.pids ?? nproc;
  return { ...Object.fromEntries(perProcess), ...(pids === undefined ? {} : { pids }) };
}
