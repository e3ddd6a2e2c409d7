import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineKind } from '../../../src/engine/choose.ts';
import { openEngine } from '../../../src/engine/open.ts';
import { ensureDefaultSeccomp } from '../../../src/session/seccomp.ts';
import type { SeccompUse } from '../../../src/sandbox/seccomp/use.ts';
import type { ContainerSpec, Engine, ProcessStreams } from '../../../src/engine/engine.ts';
import { resolvePaths, type Paths } from '../../../src/host/paths.ts';
import { UNLIMITED } from '../../../src/sandbox/limits.ts';
import type { SandboxSpec } from '../../../src/sandbox/spec.ts';
import { silentReport } from '../../../src/base/report.ts';

const MiB = 1024 * 1024;

/** Paths of the account that runs the suite. */
export function testPaths(): Paths {
  return resolvePaths(process.env, process.getuid?.() ?? 0);
}

/** The filter of sessions; its file is there once an engine was opened. */
let filter: SeccompUse | undefined;

/** The engine as `ct` finds it on this host. */
export async function openTestEngine(
  kind: EngineKind = 'podman',
  env: NodeJS.ProcessEnv = process.env,
): Promise<Engine> {
  const { runtimeDir, stateDir, dataDir } = testPaths();
  filter = await ensureDefaultSeccomp({ dataDir });
  return openEngine({
    config: { engine: { kind, socket: '', idle_timeout: 300 } },
    ...{ runtimeDir, stateDir, dataDir },
    env,
    report: silentReport,
    self: [process.execPath, process.env['CT_TEST_BIN'] ?? ''],
  });
}

/** Label of everything that this file of tests makes. */
export const TEST_LABEL = 'ct.test-engine';

/** A container like a session's, with an init as PID 1. */
export function containerSpec(
  image: string,
  command: readonly string[],
  change: Partial<SandboxSpec> = {},
): ContainerSpec {
  return {
    name: `ct-engine-test-${randomBytes(5).toString('hex')}`,
    labels: { [TEST_LABEL]: String(process.pid) },
    autoRemove: false,
    sandbox: {
      image,
      args: ['/usr/bin/catatonit', '--', ...command],
      env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/tmp' },
      cwd: '/',
      user: { uid: 1000, gid: 1000 },
      terminal: false,
      stdin: true,
      hostname: 'ct',
      userns: { kind: 'keep-id', uid: 1000, gid: 1000 },
      network: { kind: 'none' },
      mounts: [
        { kind: 'tmpfs', target: '/tmp', sizeBytes: 64 * MiB, modeOctal: 0o1777, exec: true },
      ],
      capabilities: [],
      noNewPrivileges: true,
      readOnlyRoot: true,
      seccomp: filter,
      limits: UNLIMITED,
      ...change,
    },
  };
}

/** The whole of a stream. */
export async function collect(stream: Readable | undefined): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream ?? []) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/**
 * Starts a container whose PID 1 is its own program when this resolves: a runtime says that it has started it a
 * moment before it becomes that, and nobody may look into a runtime, or join it.
 *
 * Resolves to the host pid
 */
export async function startProgram(engine: Engine, id: string): Promise<number> {
  const { pid } = await engine.inspect(id);
  await engine.start(id);
  while (/(?:^|\/)(?:crun|runc|exe)\b/u.test(programOf(pid))) await sleep(1);
  return pid;
}

/** First word of a process's arguments; empty for one that has ended. */
function programOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] ?? '';
  } catch {
    return '';
  }
}

/** Both outputs of a process as text, once it has closed them. */
export async function outputOf(
  streams: ProcessStreams,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const [stdout, stderr] = await Promise.all([collect(streams.stdout), collect(streams.stderr)]);
  await streams.ended;
  return { stdout: stdout.toString('utf8'), stderr: stderr.toString('utf8') };
}

/** Exit status, once the engine knows it: within a minute. */
export async function exitOf(engine: Engine, id: string): Promise<number> {
  const deadline = performance.now() + 60_000;
  while (performance.now() < deadline) {
    const state = await engine.inspect(id);
    if (state.status === 'exited') return state.exitCode;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the container does not end');
}
