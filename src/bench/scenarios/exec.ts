import { CtError } from '../../base/errors.ts';
import type { EngineKind } from '../../engine/choose.ts';
import type { Command } from '../../host/exec.ts';
import { allEnded, startTimed, timeProgram } from '../../host/timed.ts';
import { LABEL } from '../../plan/labels.ts';
import { ctCommand, type Bench, type Case, type Opened, type Scenario } from '../scenario.ts';
import { planWithImage, programCase } from '../cases.ts';

const WORDS = ['sh', '-c', 'echo ready'];

/** One more program in a running session, or several at once; with an engine of choice, or ct's own. */
export function execScenario(count: number, kind?: EngineKind): Scenario {
  const [family, title] =
    count === 1
      ? (['exec', 'ct exec in a running session'] as const)
      : (['execs', `${count} ct exec at once in a running session`] as const);
  return {
    id: [family, ...(count === 1 ? [] : [count]), ...(kind === undefined ? [] : [kind])].join('-'),
    family,
    title: kind === undefined ? title : `${title}, on ${kind}`,
    rounds: (asked) => Math.max(3, Math.ceil(asked / Math.sqrt(count))),
    open: async (bench) => {
      if (kind !== undefined) {
        const words = ['-n', 'offline', 'shell'];
        await planWithImage(words, await bench.engine(kind), bench, { CT_ENGINE: kind });
      }
      return openExec(count, kind ?? bench.engines[0] ?? 'podman', bench);
    },
  };
}

async function openExec(count: number, kind: EngineKind, bench: Bench): Promise<Opened> {
  const ours = await openSession(kind, bench);
  const theirs = await podmansBeside(ours, kind, bench);
  const exec = ctCommand(bench, ['exec', ours.session, '--', ...WORDS], { CT_ENGINE: kind });
  const { podman } = bench;
  const peers: readonly Command[] =
    podman === undefined
      ? []
      : [
          {
            program: podman.program,
            args: podmanExec(podman.runtime, theirs.container),
            env: bench.env,
          },
        ];
  return {
    cases: [
      several('ct', 'ct', exec, count, bench),
      ...peers.map((command) => several('podman exec', 'peer', command, count, bench)),
    ],
    missing: [],
    close: async () => {
      await ours.close();
      if (theirs !== ours) await theirs.close();
    },
  };
}

/** Beside another engine Podman has a session of its own. */
async function podmansBeside(
  ours: OpenSession,
  kind: EngineKind,
  bench: Bench,
): Promise<OpenSession> {
  if (bench.podman === undefined || kind === 'podman') return ours;
  try {
    return await openSession('podman', bench);
  } catch (thrown) {
    await ours.close();
    throw thrown;
  }
}

interface OpenSession {
  readonly session: string;
  /** The engine's id */
  readonly container: string;
  close(): Promise<void>;
}

async function openSession(kind: EngineKind, bench: Bench): Promise<OpenSession> {
  const env = { CT_ENGINE: kind };
  const detached = ['run', '-d', '-n', 'offline', 'shell', '-c', 'exec sleep infinity'];
  const { stdout } = await timeProgram(ctCommand(bench, detached, env), bench.signal);
  const session = stdout.trim();
  const close = async (): Promise<void> => {
    // Also after the bench was told to stop.
    await timeProgram(ctCommand(bench, ['stop', session], env), new AbortController().signal);
  };
  const engine = await bench.engine(kind);
  const [container] = await engine.list([`${LABEL.session}=${session}`]);
  if (container !== undefined) return { session, container: container.id, close };
  await close();
  throw new CtError('internal', 'the session for ct exec runs and the engine does not list it');
}

/** stdin is connected, as `ct exec` always does. */
function podmanExec(runtime: string, container: string): readonly string[] {
  return [`--runtime=${runtime}`, 'exec', '--interactive', container, ...WORDS];
}

/** The same program so many times at once; its time is that of the last. */
function several(
  name: string,
  role: Case['role'],
  command: Command,
  count: number,
  bench: Bench,
): Case {
  if (count === 1) return programCase(name, role, command, bench);
  return {
    name,
    role,
    measure: async () => {
      const begunMs = performance.now();
      const programs = Array.from({ length: count }, () => startTimed(command, bench.signal));
      for (const program of programs) program.release();
      await allEnded(programs);
      return { figures: { total: performance.now() - begunMs } };
    },
  };
}
