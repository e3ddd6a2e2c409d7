import { readTemplate } from '../host/assets.ts';
import { startTracer } from '../host/tracer.ts';
import { archOf } from '../sandbox/seccomp/calls.ts';
import { parseDenials, renderDenials } from '../sandbox/seccomp/denials.ts';
import { isProfilePath, PROFILE_NAMES, type SeccompUse } from '../sandbox/seccomp/use.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SessionContext } from './context.ts';
import { callTable, ownPolicy } from './make-seccomp.ts';

/** Watches a session; `report` says at its end what was refused. */
export interface Watch {
  report(): Promise<void>;
}

/**
 * Watches a session whose entry point waits at its gate: from here on each call that the filter
 * refuses is noted, and answered as the filter would. Without a filter there is nothing to watch.
 *
 * Errors: unsupported without perl; failed_precondition when the kernel does not let ct trace
 */
export async function watchSession(
  { container }: Pick<SessionPlan, 'container'>,
  pid: number,
  context: SessionContext,
): Promise<Watch | undefined> {
  const use = container.sandbox.seccomp;
  return use && watchDenials(use, pid, context);
}

async function watchDenials(use: SeccompUse, pid: number, context: SessionContext): Promise<Watch> {
  const arch = archOf(process.arch);
  const script = readTemplate('trace-denials.pl');
  const tracer = await startTracer(script, [String(pid), arch], context.env);
  return {
    report: async () => {
      const denials = parseDenials(await tracer.finish(), arch, callTable());
      const policies = PROFILE_NAMES.map((name) => ownPolicy(name));
      const own = isProfilePath(use.name) ? undefined : ownPolicy(use.name);
      const lines = renderDenials(denials, { name: use.name, own, policies });
      for (const line of lines) context.report.note(line);
    },
  };
}
