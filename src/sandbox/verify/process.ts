import type { ObservedSandbox } from '../observed.ts';
import type { SandboxSpec } from '../spec.ts';
import { compare, type Check, type Difference } from './verify.ts';

/** What PID 1 may and what it was given: filter, privileges, ids, arguments, environment, open files. */
export const checkProcess: Check = (spec, seen, host) => [
  ...checkPrivileges(spec, seen),
  ...compare('user', ids(host.uid), seen.status.uids.join(' ')),
  ...compare('group', ids(host.gid), seen.status.gids.join(' ')),
  ...checkGroups(seen),
  ...compare('command line', spec.args.join(' '), seen.args.join(' ')),
  ...checkEnvironment(spec.env, seen.env),
  ...checkFiles(seen.files),
];

/** SECCOMP_MODE_FILTER. Source: seccomp(2) */
const FILTERED = 2;

function checkPrivileges(spec: SandboxSpec, seen: ObservedSandbox): readonly Difference[] {
  const { seccomp, filters, noNewPrivileges, capabilities } = seen.status;
  const isFiltered = seccomp === FILTERED && filters > 0;
  return [
    ...compare(
      'seccomp',
      spec.seccomp === undefined ? 'none' : 'a filter',
      isFiltered ? 'a filter' : 'none',
    ),
    ...compare('no_new_privileges', String(spec.noNewPrivileges), String(noNewPrivileges)),
    ...Object.entries(capabilities).flatMap(([set, bits]) =>
      compare(`capabilities Cap${set}`, '0', bits.toString(16)),
    ),
  ];
}

/** Only such as the container has, which are the user's own one and subordinate ones: none of those of the account. */
function checkGroups({ status, gidMap }: ObservedSandbox): readonly Difference[] {
  const isMapped = (id: number): boolean =>
    gidMap.some(({ outside, count }) => id >= outside && id < outside + count);
  const foreign = status.groups.filter((id) => !isMapped(id));
  return compare(
    'supplementary groups',
    "the container's",
    foreign.length === 0 ? "the container's" : foreign.join(' '),
  );
}

/** keep-id: inside it is the planned uid, and that is the caller's own outside, in all four places. */
function ids(id: number): string {
  return [id, id, id, id].join(' ');
}

/**
 * Exactly the planned variables. An engine or an image could bring others in: CVE-2026-57231. Values
 * that nobody planned are not shown, since they could be somebody's secret.
 */
function checkEnvironment(
  planned: Readonly<Record<string, string>>,
  seen: readonly string[],
): readonly Difference[] {
  const values = new Map(
    seen.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const wrong = Object.entries(planned)
    .filter(([name, value]) => values.get(name) !== value)
    .map(([name, value]) => ({
      what: `variable ${name}`,
      planned: value,
      seen: values.has(name) ? 'another value' : 'not set',
    }));
  const foreign = [...values.keys()]
    .filter((name) => !Object.hasOwn(planned, name))
    .map((name) => ({ what: `variable ${name}`, planned: 'not set', seen: 'set' }));
  return [...wrong, ...foreign];
}

/** What standard input, output and error may be. */
const STREAM = /^(?:pipe|socket):\[\d+\]$|^\/dev\/(?:pts\/\d+|null|console)$/u;
/** What an init holds for itself: signals, timers, events. */
const OWN = /^anon_inode:\[?(?:signalfd|eventfd|eventpoll|timerfd)\]?$/u;

/** Nothing of the engine's or the host's may stay open: CVE-2024-21626. */
function checkFiles(files: ReadonlyMap<number, string>): readonly Difference[] {
  return [...files]
    .filter(([fd, target]) => !(fd <= 2 ? STREAM : OWN).test(target))
    .map(([fd, target]) => ({
      what: `open file ${fd}`,
      planned: fd <= 2 ? 'a stream of the session' : 'not open',
      seen: target,
    }));
}
