import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { testPaths } from './engine-fixture.ts';
import { askEngine, commit, grepFiles, hitsIn, podman, searchExport, type Hit } from './sweep.ts';

/** A place that only the engine has, and how it is searched for a container. */
export interface EngineSurface {
  readonly name: string;
  search(forms: readonly string[], container: string): Hit[] | Promise<Hit[]>;
}

/** What the canary must know of an engine. */
export interface CanaryEngine {
  readonly surfaces: readonly EngineSurface[];
  /** Places of SECURITY.md 4.2 that this engine does not have, with the reason */
  readonly absent: readonly (readonly [name: string, reason: string])[];
  /** What the engine writes while a session begins, runs and ends */
  changingFiles(): Promise<readonly string[]>;
  /** Its file with the specification of a container */
  readonly specification: RegExp;
  /** Leaves all traces of a session that a user could; what was said, and how it is undone */
  leaveTraces(container: string): Promise<{ readonly said: string; readonly undo: () => void }>;
  /** Runs a script beside the agent, not through ct */
  exec(container: string, script: string): string;
}

const runtime = (): string => process.env['XDG_RUNTIME_DIR'] ?? '';

const PODMAN: CanaryEngine = {
  surfaces: [
    {
      name: 'LEAK-01 inspection by both faces of the API, of the container and of programs run in it',
      search: async (forms, container) => {
        const native = await askEngine(`/v4.0.0/libpod/containers/${container}/json`);
        const { ExecIDs } = JSON.parse(native) as { ExecIDs?: readonly string[] | null };
        const execs = (ExecIDs ?? []).map((id) => askEngine(`/v4.0.0/libpod/exec/${id}/json`));
        const compat = await askEngine(`/v1.40.0/containers/${container}/json`);
        const all = [native, compat, podman('inspect', container), ...(await Promise.all(execs))];
        return hitsIn('inspect', all.join('\n'), forms);
      },
    },
    {
      name: "LEAK-03 the runtime's bundle",
      search: (forms, container) => {
        const [{ OCIConfigPath: path } = {}] = JSON.parse(podman('inspect', container)) as {
          readonly OCIConfigPath?: string;
        }[];
        return grepFiles([path ?? '/nowhere'], forms);
      },
    },
    {
      name: 'LEAK-09 logs, events and the journal of the engine',
      search: (forms, container) =>
        hitsIn(
          'events',
          podman('events', '--stream=false', '--since', '30m', '--format', 'json') +
            podman('logs', container) +
            journal(),
          forms,
        ),
    },
    {
      name: 'LEAK-11 an export of its files',
      search: (forms, container) => searchExport(container, forms),
    },
  ],
  absent: [],
  changingFiles: async () => {
    const { store } = JSON.parse(await askEngine('/v4.0.0/libpod/info')) as {
      readonly store: Readonly<Record<'graphRoot', string>>;
    };
    return [`${store.graphRoot}/overlay-containers`, `${store.graphRoot}/libpod`, runtime()];
  },
  specification: /overlay-containers.*config\.json$/u,
  leaveTraces: async (container) => {
    const image = `localhost/ct-canary-${process.pid}:test`;
    const said = await commit(container, image);
    if (!/[0-9a-f]{64}/u.test(said)) throw new Error(`podman commit: ${said}`);
    return {
      said: podman('image', 'inspect', image),
      undo: () => void podman('rmi', '-f', image),
    };
  },
  exec: (container, script) => podman('exec', container, 'sh', '-c', script),
};

const CONTAINERD: CanaryEngine = {
  surfaces: [
    {
      name: 'LEAK-01 what containerd tells of the container, its task and its layer',
      search: (forms, container) =>
        hitsIn(
          'ctr',
          ctr('containers', 'info', container) +
            ctr('tasks', 'ls') +
            ctr('snapshots', 'info', container),
          forms,
        ),
    },
    {
      name: "LEAK-03 the runtime's bundle",
      search: (forms, container) =>
        grepFiles([`${state()}/io.containerd.runtime.v2.task/ct/${container}`], forms),
    },
  ],
  absent: [
    ['LEAK-09 logs, events', 'containerd keeps neither; its own log is a file of the account'],
    ['LEAK-11 export, commit', 'containerd has neither; the layer is a file of the account'],
  ],
  // Its database, and the writable layers.
  changingFiles: async () => {
    const data = `${testPaths().dataDir}/containerd`;
    return [`${data}/io.containerd.metadata.v1.bolt`, runtime()];
  },
  specification: /io\.containerd\.runtime\.v2\.task.*config\.json$/u,
  leaveTraces: async () => ({ said: '', undo: () => undefined }),
  exec: (container, script) =>
    ctr(
      'tasks',
      'exec',
      '--exec-id',
      `canary-${process.hrtime.bigint()}`,
      container,
      'sh',
      '-c',
      script,
    ),
};

/** The one that these tests run on. */
export function canaryEngine(): CanaryEngine {
  return process.env['CT_ENGINE'] === 'containerd' ? CONTAINERD : PODMAN;
}

function state(): string {
  return `${testPaths().runtimeDir}/ct/containerd/state`;
}

/** containerd's own client, which is not ct. */
function ctr(...args: readonly string[]): string {
  const fifos = `${runtime()}/ctr-${process.pid}`;
  const { stdout, stderr, status } = spawnSync(
    'ctr',
    ['--address', `${state()}/containerd.sock`, '--namespace', 'ct', ...withFifos(args, fifos)],
    { cwd: '/', encoding: 'latin1', maxBuffer: 256 * 1024 * 1024 },
  );
  rmSync(fifos, { recursive: true, force: true });
  if (status !== 0) throw new Error(`ctr ${args.slice(0, 2).join(' ')}: ${stderr}`);
  return stdout + stderr;
}

/** Its own place for them is not an ordinary user's. */
function withFifos(args: readonly string[], dir: string): readonly string[] {
  const [first = '', second = '', ...rest] = args;
  return second === 'exec' ? [first, second, '--fifo-dir', dir, ...rest] : args;
}

function journal(): string {
  const { stdout } = spawnSync('journalctl', ['--no-pager', '--since', '-30min'], {
    encoding: 'latin1',
  });
  return stdout ?? '';
}
