import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import type { Command } from '../../host/exec.ts';
import { allEnded, startTimed, timeProgram } from '../../host/timed.ts';
import { LABEL } from '../../plan/labels.ts';
import { planOf } from '../cases.ts';
import { podmanPeer } from '../peers/podman.ts';
import { ctCommand, type Bench, type Case, type Opened, type Scenario } from '../scenario.ts';

/** Says that it lives, and lives until its standard input ends. */
const PROGRAM = ['-c', 'echo ready; read -r || exit 0'];
const RUN = ['-n', 'offline', 'shell', ...PROGRAM];

/** After the end of its programs, `ms` */
const PATIENCE_MS = 60_000;

/** So many sessions, begun at once; all of them live before the first is let go. */
export function sessionsScenario(count: number): Scenario {
  return {
    id: `sessions-${count}`,
    family: 'sessions',
    title: `${count} sessions at once: until all live, until all are gone`,
    rounds: (asked) => Math.max(3, Math.ceil(asked / count)),
    open: (bench) => openSessions(count, bench),
  };
}

async function openSessions(count: number, bench: Bench): Promise<Opened> {
  const { podman } = bench;
  await timeProgram(
    ctCommand(bench, ['run', '-n', 'offline', 'shell', '-c', 'true']),
    bench.signal,
  );
  const plan = await planOf(RUN, bench, {});
  const peer = podman && podmanPeer(podman, plan, 'none', ['bash', ...PROGRAM]);
  return {
    cases: [
      together('ct', 'ct', ctCommand(bench, ['run', ...RUN]), count, bench),
      ...(peer === undefined
        ? []
        : [together('podman run', 'peer', { ...peer, env: bench.env }, count, bench)]),
    ],
    missing: [],
    warmUpRounds: 1,
  };
}

function together(
  name: string,
  role: Case['role'],
  command: Command,
  count: number,
  bench: Bench,
): Case {
  return {
    name,
    role,
    measure: async () => {
      const begunMs = performance.now();
      const since = (): number => performance.now() - begunMs;
      const programs = Array.from({ length: count }, () => startTimed(command, bench.signal));
      await Promise.all(programs.map(({ spoke }) => spoke));
      const allLiveMs = since();
      for (const program of programs) program.release();
      await allEnded(programs);
      const totalMs = since();
      await allGone(bench);
      return { figures: { 'first byte': allLiveMs, total: totalMs, gone: since() } };
    },
  };
}

/** Errors: deadline_exceeded for one that stays, such as a standby of the scenario before */
async function allGone(bench: Bench): Promise<void> {
  const engine = await bench.engine(bench.engines[0] ?? 'podman');
  const labels = [`${LABEL.project}=${bench.projects.ct}`];
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
    if ((await engine.list(labels)).length === 0) return;
    await sleep(5, undefined, { signal: bench.signal });
  }
  throw new CtError('deadline_exceeded', 'a session of the bench is still there', {
    hint: "'ct ps --all' shows it, 'ct stop' ends it",
  });
}
