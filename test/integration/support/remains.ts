import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname } from 'node:path';
import { testPaths } from './engine-fixture.ts';

/** What of sessions can be left behind, as the account sees it. */
export interface Remains {
  /** File descriptors of the service */
  readonly open: number;
  readonly processes: number;
  /** Network namespaces of those processes and of the engine's */
  readonly networks: number;
  /** Mount points in the mount namespace of the engine */
  readonly mounts: readonly string[];
  /** In the account's runtime directory, in ct's state and where temporary files go */
  readonly files: readonly string[];
}

/** A connection of the service may be open or not. */
const SPARE_DESCRIPTORS = 2;

/** Programs that work for sessions from outside, and those that are in one, where the test looks. */
const BESIDE_SESSIONS = /\/(?:conmon|nsenter|tail|slirp4netns|pasta|perl)$/u;
const IN_SESSIONS = /\/(?:catatonit|sh)$/u;

/** Podman mounts its store on itself with each first use, and takes that away whenever one of its processes is done. */
const OF_THE_STORE = /\/overlay$/u;

/** How the last few sessions of a project began stays, for `ct review`. */
const KEPT = /^review\//u;

/** What there is now. `service` is the pid of the user's service. */
export function remains(service: number): Remains {
  const all = readdirSync('/proc').filter((name) => /^\d+$/u.test(name));
  const engines = all.filter((pid) => programOf(pid).endsWith('/podman') && depthOf(pid) === 1);
  const processes = all.filter(
    (pid) =>
      (BESIDE_SESSIONS.test(programOf(pid)) && depthOf(pid) === 1) ||
      (IN_SESSIONS.test(programOf(pid)) && depthOf(pid) <= 2),
  );
  const networks = [...engines, ...processes].map((pid) => linkOf(`/proc/${pid}/ns/net`));
  const { runtimeDir, stateDir } = testPaths();
  return {
    open: readdirSync(`/proc/${service}/fd`).length,
    processes: processes.length,
    networks: new Set(networks).size,
    mounts: longest(engines.map((pid) => mountPoints(`/proc/${pid}/mountinfo`))),
    files: [dirname(runtimeDir), stateDir, tmpdir()].flatMap(namesBelow),
  };
}

/** What there is more of than before, in words. */
export function more(before: Remains, after: Remains): readonly string[] {
  const counted = (['open', 'processes', 'networks'] as const).filter(
    (kind) => after[kind] > before[kind] + (kind === 'open' ? SPARE_DESCRIPTORS : 0),
  );
  const mounts = added(before.mounts, after.mounts).filter((path) => !OF_THE_STORE.test(path));
  const files = added(before.files, after.files).filter((name) => !KEPT.test(name));
  return [
    ...counted.map((kind) => `${kind}: ${before[kind]}, now ${after[kind]}`),
    ...mounts.map((path) => `mounted: ${path}`),
    ...files,
  ];
}

/** Those of `after` that `before` has not, or not as often: one place may have several mounts. */
function added(before: readonly string[], after: readonly string[]): readonly string[] {
  const left = [...before];
  return after.filter((one) => {
    const index = left.indexOf(one);
    if (index >= 0) left.splice(index, 1);
    return index < 0;
  });
}

/** Of a process that just begins the list may be short. */
function longest(lists: readonly (readonly string[])[]): readonly string[] {
  return lists.reduce((one, other) => (other.length > one.length ? other : one), []);
}

const programOf = (pid: string): string => linkOf(`/proc/${pid}/exe`);

/**
 * In how many pid namespaces a process is, from ours inwards. Another host beside this one, which the suites of another
 * lane run in, has its processes in one of its own, and its sessions theirs below that; its account has the same uid.
 *
 * Source: proc_pid_status(5), NSpid
 */
export function depthOf(pid: string | number): number {
  try {
    const [, pids = ''] =
      /^NSpid:\s+(.*)$/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return pids.split(/\s+/u).length;
  } catch {
    return Infinity;
  }
}

/** Empty for what is gone, or somebody else's. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Source: proc_pid_mountinfo(5), the fifth field */
function mountPoints(path: string): readonly string[] {
  try {
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    return lines.map((line) => line.split(' ')[4] ?? '');
  } catch {
    return [];
  }
}

function namesBelow(dir: string): readonly string[] {
  try {
    return readdirSync(dir, { recursive: true, encoding: 'utf8' });
  } catch {
    return [];
  }
}
