import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** What is seen of a session from outside, in the words that attempts of the stage `outside` expect. */
export type Look = (pid: number) => string;

/** Looks at a session that runs, by name. `pid` is its PID 1 as the host counts. */
export const LOOKS: Readonly<Record<string, Look>> = {
  identity: lookAtIdentity,
  propagation: lookAtPropagation,
  descriptors: lookAtDescriptors,
  namespaces: lookAtNamespaces,
};

/**
 * The id map, as the host reads it: uid 1000 inside is the caller, nobody inside is the host's root, and
 * nobody else inside is the caller.
 *
 * Source: user_namespaces(7), "uid_map" as read from another namespace
 */
function lookAtIdentity(pid: number): string {
  const uid = process.getuid?.() ?? -1;
  const wrong = readFileSync(`/proc/${pid}/uid_map`, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.trim().split(/\s+/u).map(Number))
    .filter(([inside = 0, outside = 0, size = 0]) => {
      const covers = (id: number): boolean => outside <= id && id < outside + size;
      if (covers(0)) return true;
      return covers(uid) && !(size === 1 && inside === 1000);
    });
  const [real] =
    /^Uid:\s+(\d+)/mu.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.slice(1) ?? [];
  if (Number(real) !== uid) return `runs as ${real ?? 'nobody'}`;
  return wrong.length === 0
    ? 'as planned'
    : `maps ${wrong.map((line) => line.join(':')).join(' ')}`;
}

/** Mounts whose changes other namespaces would see. Source: proc_pid_mountinfo(5) */
function lookAtPropagation(pid: number): string {
  const shared = readFileSync(`/proc/${pid}/mountinfo`, 'utf8')
    .split('\n')
    .filter((line) => / shared:\d+/u.test(line.split(' - ')[0] ?? ''))
    .map((line) => line.split(' ')[4] ?? '');
  return shared.length === 0 ? 'private' : `shared: ${shared.join(' ')}`;
}

/** Files and directories that processes of the session hold open, beside what is theirs. */
function lookAtDescriptors(pid: number): string {
  const held = new Set<string>();
  for (const process of processesLike(pid)) {
    for (const to of descriptorsOf(process)) {
      if (to.startsWith('/') && !OWN_FILES.test(to)) held.add(`${process}:${to}`);
    }
  }
  return held.size === 0 ? 'nothing of the host' : `open: ${[...held].join(' ')}`;
}

const OWN_FILES =
  /^\/(?:dev\/(?:null|ptmx|pts\/\d+|console)$|proc(?:\/|$)|tmp\/|run\/ct\/|usr\/libexec\/ct\/entry$)/u;

function descriptorsOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
  } catch {
    // It ended, or a descriptor was closed, between the two looks.
    return [];
  }
}

/** Processes in the pid namespace of `pid`. */
function processesLike(pid: number): readonly number[] {
  const namespace = readlinkSync(`/proc/${pid}/ns/pid`);
  return readdirSync('/proc')
    .map(Number)
    .filter((other) => Number.isInteger(other) && namespaceOf(other, 'pid') === namespace);
}

function namespaceOf(pid: number | 'self', kind: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/${kind}`);
  } catch {
    return undefined;
  }
}

/** Namespaces that the session shares with ct. Control groups have none of their own on v1. */
function lookAtNamespaces(pid: number): string {
  const kinds = ['user', 'mnt', 'pid', 'net', 'ipc', 'uts'];
  const shared = kinds.filter((kind) => {
    const inside = namespaceOf(pid, kind);
    return inside === undefined || inside === namespaceOf('self', kind);
  });
  return shared.length === 0 ? 'all its own' : `shared: ${shared.join(' ')}`;
}

/** What identifies a file of the host: place, size, times and content. */
export function fingerprint(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const { ino, size, mtimeMs, ctimeMs } = statSync(path);
      const digest = createHash('sha256').update(readFileSync(path)).digest('hex');
      return `${path} ${ino} ${size} ${mtimeMs} ${ctimeMs} ${digest}`;
    })
    .join('\n');
}
