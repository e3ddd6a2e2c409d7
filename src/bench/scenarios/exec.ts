import { CtError } from '../../base/errors.ts';
import type { Command } from '../../host/exec.ts';
import { allEnded, startTimed, timeProgram } from '../../host/timed.ts';
import { LABEL } from '../../plan/labels.ts';
import { ctCommand, type Bench, type Case, type Opened, type Scenario } from '../scenario.ts';
import { programCase } from '../cases.ts';

const WORDS = ['sh', '-c', 'echo ready'];

/** One more program in a running session, or several at once. */
export function execScenario(count: number): Scenario {
  return {
    id: count === 1 ? 'exec' : `execs-${count}`,
    family: count === 1 ? 'exec' : 'execs',
    title:
      count === 1
        ? 'ct exec in a running session'
        : `${count} ct exec at once in a running session`,
    rounds: (asked) => Math.max(3, Math.ceil(asked / Math.sqrt(count))),
    open: (bench) => openExec(count, bench),
  };
}

async function openExec(count: number, bench: Bench): Promise<Opened> {
  const detached = ['run', '-d', '-n', 'offline', 'shell', '-c', 'exec sleep infinity'];
  const { stdout } = await timeProgram(ctCommand(bench, detached), bench.signal);
  const session = stdout.trim();
  const close = async (): Promise<void> => {
    // Also after the bench was told to stop.
    await timeProgram(ctCommand(bench, ['stop', session]), new AbortController().signal);
  };
  const engine = await bench.engine(bench.engines[0] ?? 'podman');
  const [container] = await engine.list([`${LABEL.session}=${session}`]);
  if (container === undefined) {
    await close();
    throw new CtError('internal', 'the session for ct exec runs and the engine does not list it');
  }
  const { podman } = bench;
  const peers: readonly Command[] =
    podman === undefined || bench.engines[0] !== 'podman'
      ? []
      : [
          {
            program: podman.program,
            args: podmanExec(podman.runtime, container.id),
            env: bench.env,
          },
        ];
  return {
    cases: [
      several('ct', 'ct', ctCommand(bench, ['exec', session, '--', ...WORDS]), count, bench),
      ...peers.map((command) => several('podman exec', 'peer', command, count, bench)),
    ],
    missing: [],
    close,
  };
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
