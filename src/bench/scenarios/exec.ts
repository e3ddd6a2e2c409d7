import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import type { EngineKind } from '../../engine/choose.ts';
import type { Command } from '../../host/exec.ts';
import { allEnded, startTimed, timeProgram } from '../../host/timed.ts';
import { LABEL } from '../../plan/labels.ts';
import { ctCommand, type Bench, type Case, type Opened, type Scenario } from '../scenario.ts';
import { askDaemon } from '../../session/daemon.ts';
import { BREATH_MS, planWithImage, programCase } from '../cases.ts';

const WORDS = ['sh', '-c', 'echo ready'];
/** A program is ready within this, or never, `ms` */
const PATIENCE_MS = 30_000;
const ASK_MS = 20;

/** How `ct exec` is to be measured. */
interface Wish {
  /** So many at once */
  readonly count: number;
  /** Engine of choice, or ct's own */
  readonly kind?: EngineKind;
  /** In what the service keeps ready, once it does */
  readonly isServed?: boolean;
}

/** One more program in a running session, or several at once. */
export function execScenario(wish: Wish): Scenario {
  const { count, kind, isServed = false } = wish;
  const family = count === 1 ? 'exec' : 'execs';
  const words = [
    ...[
      count === 1
        ? 'ct exec in a running session'
        : `${count} ct exec at once in a running session`,
    ],
    ...(isServed ? ['in which a program waits'] : []),
  ];
  const title = words.join(' ');
  return {
    id: [
      ...[family, ...(count === 1 ? [] : [count])],
      ...[...(isServed ? ['served'] : []), ...(kind === undefined ? [] : [kind])],
    ].join('-'),
    family,
    title: kind === undefined ? title : `${title}, on ${kind}`,
    rounds: (asked) => Math.max(3, Math.ceil(asked / Math.sqrt(count))),
    open: async (bench) => {
      if (kind !== undefined) {
        const words = ['-n', 'offline', 'shell'];
        await planWithImage(words, await bench.engine(kind), bench, { CT_ENGINE: kind });
      }
      return openExec(wish, kind ?? bench.engines[0] ?? 'podman', bench);
    },
  };
}

async function openExec(
  { count, isServed = false }: Wish,
  kind: EngineKind,
  bench: Bench,
): Promise<Opened> {
  const ours = await openSession(kind, bench);
  const theirs = await podmansBeside(ours, kind, bench);
  const exec = ctCommand(bench, ['exec', ours.session, '--', ...WORDS], { CT_ENGINE: kind });
  if (isServed) {
    await timeProgram(ctCommand(bench, ['daemon', 'start'], { CT_ENGINE: kind }), bench.signal);
    // The first one asks for what serves the next.
    await timeProgram(exec, bench.signal);
  }
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
    ...(isServed ? { settle: () => untilServed(ours.session, bench) } : {}),
    close: async () => {
      await ours.close();
      if (theirs !== ours) await theirs.close();
    },
  };
}

/** Preparing it is not in the figure: it happens while nobody waits. */
async function untilServed(session: string, { runtimeDir, signal }: Bench): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
    const status = await askDaemon(runtimeDir);
    const ready = (status?.parts['launchers']?.['ready'] ?? []) as readonly string[];
    if (ready.includes(session)) return void (await sleep(BREATH_MS, undefined, { signal }));
    await sleep(ASK_MS, undefined, { signal });
  }
  throw new CtError('deadline_exceeded', 'the service keeps no program ready', {
    hint: "'ct daemon logs' may say why",
  });
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
