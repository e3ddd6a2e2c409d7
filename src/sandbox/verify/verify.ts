import type { ObservedSandbox, ObservingHost } from '../observed.ts';
import type { SandboxSpec } from '../spec.ts';
import { checkLimits } from './limits.ts';
import { checkMounts } from './mounts.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkProcess } from './process.ts';

/** One thing that is not as planned. */
export interface Difference {
  /** What it is about, such as `mount /tmp` */
  readonly what: string;
  readonly planned: string;
  readonly seen: string;
}

/** A group of checks: what was planned, what is there, and the host for comparison. */
export type Check = (
  spec: SandboxSpec,
  seen: ObservedSandbox,
  host: ObservingHost,
) => readonly Difference[];

const CHECKS: readonly Check[] = [checkProcess, checkNamespaces, checkMounts, checkLimits];

/**
 * Compares a container that waits at its gate with its plan; empty when it is what was planned.
 *
 * Every field of the spec that weakens the session when an engine drops it is compared here: a field
 * without a check is a hole. An unknown mount, device, open file or variable is a difference too.
 *
 * Source: SECURITY SEC-20
 */
export function verifySandbox(
  spec: SandboxSpec,
  seen: ObservedSandbox,
  host: ObservingHost,
): readonly Difference[] {
  return CHECKS.flatMap((check) => check(spec, seen, host));
}

/** A difference, unless the two are equal. */
export function compare(what: string, planned: string, seen: string): readonly Difference[] {
  return planned === seen ? [] : [{ what, planned, seen }];
}
