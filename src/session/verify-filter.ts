import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { findProgram } from '../host/find-program.ts';
import { recallText, rememberText } from '../host/remembered.ts';
import { readRuntimeConfig } from '../host/runtime-config.ts';
import { foreignOrders, namedKeys } from '../image/annotations.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { SeccompUse } from '../sandbox/seccomp/use.ts';
import { isSameFilter } from '../sandbox/verify/filter.ts';
import type { SessionContext } from './context.ts';
import { notAsPlanned } from './verify-launch.ts';

/** A session that has a PID 1. */
export interface Launched {
  readonly plan: SessionPlan;
  readonly context: SessionContext;
  /** Host pid of PID 1 */
  readonly pid: number;
  /** See `ContainerState` */
  readonly runtimeConfig: string | undefined;
  /** Of the image that the engine made it from */
  readonly imageId: string | undefined;
}

/**
 * Looks whether the engine passed on the filter that was planned, and not one of its own, and no order of
 * the image's annotations, which with crun could replace that filter. Which filter the
 * kernel has can be seen by root only (ptrace(2) PTRACE_SECCOMP_GET_FILTER); what the runtime was told is
 * in a file, which takes a process to read. So it is looked at once for each filter, each image, each build
 * of the engine and each version of ct: what is handed on depends on nothing else.
 *
 * Errors: failed_precondition when it is another one, there is such an order, or it cannot be read
 */
export async function verifyFilter(launched: Launched): Promise<void> {
  const { plan, context, pid, runtimeConfig, imageId } = launched;
  const { seccomp } = plan.container.sandbox;
  if (seccomp === undefined || runtimeConfig === undefined) return;
  const memo = memoOf(seccomp, imageId, context);
  if (memo !== undefined && recallText(memo) !== undefined) return;
  const config = (await readRuntimeConfig(runtimeConfig, pid, context.env)) as RuntimeConfig | null;
  const planned: unknown = JSON.parse(readFileSync(seccomp.path, 'utf8'));
  if (!isSameFilter(planned, config?.linux?.seccomp)) {
    throw notAsPlanned([{ what: 'seccomp filter', planned: seccomp.name, seen: 'another one' }]);
  }
  const orders = foreignOrders(config?.annotations ?? {});
  if (orders.length > 0) {
    throw notAsPlanned([
      { what: 'orders to the runtime', planned: 'none', seen: namedKeys(orders) },
    ]);
  }
  if (memo !== undefined) rememberText(memo, `${seccomp.name}\n`);
}

interface RuntimeConfig {
  readonly annotations?: Readonly<Record<string, unknown>>;
  readonly linux?: { readonly seccomp?: unknown };
}

/** Where it is remembered; `undefined` for an engine that the user names: nobody knows its build. */
function memoOf(
  { digest }: SeccompUse,
  imageId: string | undefined,
  { config, env, paths, ctVersion }: SessionContext,
): string | undefined {
  if (imageId === undefined || imageId === '') return undefined;
  if (config.engine.socket !== '' || (env['CONTAINER_HOST'] ?? '') !== '') return undefined;
  const program = findProgram('podman', env);
  const stat = program === undefined ? undefined : statSync(program, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  const build = [program, stat.dev, stat.ino, stat.size, stat.mtimeMs, stat.ctimeMs];
  const key = createHash('sha256')
    .update([ctVersion, digest, imageId, ...build].join('\n'))
    .digest('hex');
  return `${paths.stateDir}/filters/${key.slice(0, 32)}`;
}
