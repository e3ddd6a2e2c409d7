import type { Limits } from '../sandbox/spec.ts';
import type { SessionPlan } from '../plan/plan.ts';
import { CtError, type ErrorCode } from '../base/errors.ts';
import type { Target } from './attempt.ts';
import { runCt, type Launcher } from './victim.ts';

/**
 * What the session will be, by the plan that `ct run --dry-run` prints: expectations come from what was
 * promised, never from what is seen.
 *
 * Errors: those of `ct run`, such as a preset that this host cannot keep
 */
export async function targetOf(launcher: Launcher): Promise<Target> {
  const args = ['run', '--dry-run', '--json', ...launcher.flags, 'shell'];
  const { status, stdout, stderr } = await runCt(launcher, args, 20_000);
  if (status !== 0) throw errorSaid(stderr);
  return targetFrom(JSON.parse(stdout) as SessionPlan, process.arch);
}

/** The error that a `ct` with `--json` ended with. */
export function errorSaid(stderr: string): CtError {
  try {
    const { error } = JSON.parse(stderr.trim().split('\n').at(-1) ?? '') as {
      readonly error: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly hint: unknown;
      };
    };
    const { code, message, hint } = error;
    return new CtError(code, message, typeof hint === 'string' ? { hint } : {});
  } catch {
    return new CtError('failed_precondition', `ct run --dry-run gave no plan: ${stderr.trim()}`);
  }
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
