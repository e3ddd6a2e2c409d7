import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { Containers, Tasks } from '../../../src/engine/containerd/services.ts';
import { Transport } from '../../../src/engine/containerd/transport.ts';
import { isOver } from '../../../src/host/process.ts';
import { testPaths } from './engine-fixture.ts';
import { pidsWhere } from './faults.ts';
import { depthOf } from './remains.ts';

const runDir = (): string => `${testPaths().runtimeDir}/ct/containerd`;

/** Pids of ct's own containerd here, by part. */
export const PARTS = {
  containerd: () => pidsWhere(([program, ...words]) => isOurs(words, 'containerd', program)),
  rootlesskit: () =>
    pidsWhere(
      ([program = '', ...words]) =>
        /(?:rootlesskit|\/proc\/self\/exe)$/u.test(program) &&
        words.some((word) => word.startsWith(`--state-dir=${runDir()}/`)),
    ),
  shim: () =>
    ours(
      ([program = '', ...words]) =>
        program.endsWith('/containerd-shim-runc-v2') &&
        words.some((word) => word.startsWith(`${runDir()}/`)),
    ),
  /** What keeps the output of detached sessions */
  keeper: () =>
    ours((words) => words.includes('internal') && words.includes('keep')).filter(
      (pid) => depthOf(pid) === 1,
    ),
} as const;

function isOurs(words: readonly string[], name: string, program = ''): boolean {
  return program.endsWith(name) && words.includes(`${runDir()}/config.toml`);
}

/** Processes of this account; also those of another lane's host, whose account has the same uid. */
function ours(matches: (words: readonly string[]) => boolean): readonly number[] {
  return pidsWhere(matches).filter(
    (pid) => statSync(`/proc/${pid}`, { throwIfNoEntry: false })?.uid === process.getuid?.(),
  );
}

const bundlesDir = (): string => `${runDir()}/state/io.containerd.runtime.v2.task/ct`;

function bundles(): readonly string[] {
  return namesIn(bundlesDir());
}

/**
 * Ends all of a part as a crash would; they are gone when this returns. Resolves to how many there were: the
 * death of another part may have taken them along.
 */
export async function killPart(part: keyof typeof PARTS): Promise<number> {
  const pids = PARTS[part]();
  for (const pid of pids) killQuietly(pid);
  while (!pids.every(isOver)) await new Promise((resolve) => setTimeout(resolve, 5));
  return pids.length;
}

/** Ends one as a crash would, unless it has just ended. */
export function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}

/** Takes the record of a container from under its task, which containerd allows and then knows no more. */
export async function loseRecord(id: string): Promise<void> {
  const transport = toDaemon();
  await transport.unary(Containers.delete, { id }, { doing: 'lose a record' });
  transport.close();
}

/**
 * Takes what the OCI runtime knows of a container from under it: its `delete` finds nothing to end then, as when
 * containerd gave up on it halfway.
 */
export function forgetByRuntime(id: string): void {
  const [pid] = PARTS.containerd();
  rmSync(`/proc/${pid ?? 0}/root/run/containerd/runc/ct/${id}`, { recursive: true });
}

/**
 * Makes the rest of a container whose shim died, and which containerd did not manage to remove in its five seconds:
 * a bundle, with a mount that only the daemon's namespaces see.
 */
export function abandonBundle(id: string): void {
  const [pid = 0] = PARTS.containerd();
  const root = `${bundlesDir()}/${id}/rootfs`;
  for (const command of [
    ['mkdir', '-p', root],
    ['mount', '-t', 'tmpfs', 'none', root],
  ]) {
    const args = ['-t', String(pid), '-U', '-m', '--preserve-credentials', ...command];
    const { status, stderr } = spawnSync('nsenter', args, { cwd: '/', encoding: 'utf8' });
    if (status !== 0) throw new Error(`${command.join(' ')}: ${stderr}`);
  }
}

/** Has an ended task removed, and hangs up after `ms`, as one who is killed. */
export async function cutOffDelete(containerId: string, ms: number): Promise<void> {
  const transport = toDaemon();
  const deleting = transport.unary(Tasks.delete, { containerId }, { doing: 'delete a task' });
  deleting.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve, ms));
  transport.close();
  // What the daemon does about it.
  await new Promise((resolve) => setTimeout(resolve, 100));
}

function toDaemon(): Transport {
  const socket = `${runDir()}/state/containerd.sock`;
  return new Transport({ socket, namespace: 'ct', revive: async () => socket });
}

/** All that a session leaves on containerd while it lives: afterwards there is none of it. */
export function remains(): readonly string[] {
  const lines = (...args: readonly string[]): readonly string[] =>
    ctr(...args)
      .split('\n')
      .filter((line) => line !== '');
  const label = (kind: string, names: readonly string[]): readonly string[] =>
    names.map((name) => `${kind} ${name}`);
  return [
    ...label('container', lines('containers', 'ls', '-q')),
    ...label('task', lines('tasks', 'ls', '-q')),
    ...label(
      'snapshot',
      lines('snapshots', 'ls').filter((line) => / Active\s*$/u.test(line)),
    ),
    // The exit statuses of the last minutes go by themselves.
    ...label(
      'lease',
      lines('leases', 'ls', '-q').filter((id) => !id.startsWith('ct-exit-')),
    ),
    ...label('streams', namesIn(`${runDir()}/io`)),
    ...label('bundle', bundles()),
    ...label('mount', mountsOfDaemon()),
    ...label('shim', PARTS.shim().map(String)),
    ...label('process', programsInside().map(String)),
    ...(PARTS.containerd().length > 1 ? ['a second containerd'] : []),
  ];
}

/** Root file systems of containers, as the daemon sees them. */
function mountsOfDaemon(): readonly string[] {
  const [pid] = PARTS.containerd();
  return readFileSync(`/proc/${pid ?? 'self'}/mountinfo`, 'utf8')
    .split('\n')
    .filter((line) => line.includes('/io.containerd.runtime.v2.task/') && line.includes('rootfs'));
}

/** Inits of sessions. */
function programsInside(): readonly number[] {
  const inits = ours((words) => /(?:^|\/)catatonit$/u.test(words[0] ?? '') && words[1] === '--');
  return inits.filter((pid) => depthOf(pid) <= 2);
}

/** What the client of containerd itself prints. */
export function ctr(...args: readonly string[]): string {
  const { stdout, stderr, status } = spawnSync(
    'ctr',
    ['--address', `${runDir()}/state/containerd.sock`, '--namespace', 'ct', ...args],
    { cwd: '/', encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(`ctr ${args.join(' ')}: ${stderr}`);
  return stdout;
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir);
  } catch {
    return [];
  }
}
