import { observe, observingHost } from '../host/observe.ts';
import { enforcement, type Enforced, type Walls } from '../sandbox/enforcement.ts';
import type { ObservedSandbox } from '../sandbox/observed.ts';
import { presetNamed, wantedLimits } from '../sandbox/presets.ts';
import type { SessionInfo } from './list.ts';

/** A session and how far its walls stand. */
export interface MeasuredSession extends SessionInfo {
  /** `undefined` when it does not run, or is of a version that had no presets */
  readonly enforcement: readonly Enforced[] | undefined;
}

/** Measures the walls of a running session from outside, as they are now. */
export function measureSession(session: SessionInfo): readonly Enforced[] | undefined {
  if (session.status !== 'running' || session.pid === 0 || session.preset === '') return undefined;
  try {
    const seen = observe(session.pid);
    return enforcement(wallsSeen(seen, session), wantedLimits(presetNamed(session.preset)));
  } catch {
    // It ended meanwhile, or a later version named its preset.
    return undefined;
  }
}

function wallsSeen(seen: ObservedSandbox, session: SessionInfo): Walls {
  const { status, controlGroup } = seen;
  const hasOwnIds = seen.namespaces['user'] !== observingHost().namespaces['user'];
  const processes = seen.limits.get('Max processes')?.hard ?? Infinity;
  const root = seen.mounts.filter(({ target }) => target === '/').at(-1);
  const kept = Object.entries(status.capabilities).filter(([, bits]) => bits !== 0n);
  return {
    seccomp: status.seccomp === 2 ? 'a filter' : undefined,
    mappedIds: hasOwnIds ? seen.uidMap.reduce((sum, { count }) => sum + count, 0) : 0,
    capabilities: kept.map(([set, bits]) => `Cap${set} ${bits.toString(16)}`),
    noNewPrivileges: status.noNewPrivileges,
    readOnlyRoot: root?.options.includes('ro') === true,
    limits: {
      ...controlGroup,
      process: Number.isFinite(processes) ? [{ name: 'nproc', value: processes }] : [],
    },
    network: session.network,
  };
}
