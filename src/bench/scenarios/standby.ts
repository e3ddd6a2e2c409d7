import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import type { Engine } from '../../engine/engine.ts';
import { timeProgram } from '../../host/timed.ts';
import { LABEL } from '../../plan/labels.ts';
import type { NetworkMode } from '../../plan/options.ts';
import { askDaemon } from '../../session/daemon.ts';
import { callOffPrepared } from '../../session/standby/end-waiting.ts';
import { readyIn, type ReadySession } from '../../session/standby/ready.ts';
import { BREATH_MS, PROGRAM, WORDS, phasesCase, planOf, programCase, sampleOf } from '../cases.ts';
import { podmanNetwork, podmanPeer } from '../peers/podman.ts';
import { ctCommand, type Bench, type Case, type Opened, type Scenario } from '../scenario.ts';

/** One session is kept ready, whatever the user has configured. */
const ENV = { CT_STANDBY: '1', CT_ENGINE: 'podman' };
/** A session is ready within this, or never, `ms` */
const PATIENCE_MS = 30_000;
const ASK_MS = 20;

/** A run that claims a session which waits at its gate, beside a new container of Podman's. */
export function standbyScenario(network: NetworkMode): Scenario {
  return {
    id: `standby-${network}`,
    family: 'standby',
    title: `ct run -n ${network} shell, with a session kept ready`,
    rounds: (asked) => asked,
    open: (bench) => openStandby(network, bench),
  };
}

async function openStandby(network: NetworkMode, bench: Bench): Promise<Opened> {
  const engine = await bench.engine('podman');
  const words = ['run', '-n', network, 'shell', ...PROGRAM];
  const plan = await planOf(words.slice(1), bench, ENV);
  const { podman } = bench;
  const peer = podman && podmanPeer(podman, plan, podmanNetwork(network, podman), WORDS);
  // The first one asks for a session to be kept ready; the service is started for it.
  await timeProgram(ctCommand(bench, words, ENV), bench.signal);
  return {
    cases: [
      claimCase(words, bench),
      ...(peer ? [programCase('podman run', 'peer', { ...peer, env: bench.env }, bench)] : []),
      phasesCase(words, bench, ENV),
    ],
    missing: [],
    settle: async () => {
      await untilReady(network, bench);
      await sleep(BREATH_MS);
    },
    close: () => removeAll(engine, bench),
  };
}

/** A run that was not served by a standby is no figure. */
function claimCase(words: readonly string[], bench: Bench): Case {
  const [run = '', ...rest] = words;
  const command = ctCommand(bench, [run, '-vv', ...rest], ENV);
  return {
    name: 'ct',
    role: 'ct',
    measure: async () => {
      const timed = await timeProgram(command, bench.signal);
      if (timed.stderr.includes('serves this run')) return sampleOf(timed);
      throw new CtError('failed_precondition', 'no session was ready: the run began cold');
    },
  };
}

/** One of another network is left from the scenario before, or still on its way then. */
async function untilReady(wanted: NetworkMode, bench: Bench): Promise<void> {
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
    const ready = await readySessions(bench);
    if (ready.some(({ network }) => network === wanted)) return;
    await sleep(ASK_MS, undefined, { signal: bench.signal });
  }
  throw new CtError('deadline_exceeded', 'the service keeps no session ready', {
    hint: "'ct daemon logs' may say why",
  });
}

/** Those of the bench's own project. */
async function readySessions({ projects, runtimeDir }: Bench): Promise<readonly ReadySession[]> {
  const status = await askDaemon(runtimeDir);
  return status === undefined
    ? []
    : readyIn(status).filter(({ project }) => project === projects.ct);
}

/** The project is the bench's own, and so is every session in it; one is on its way after the last run. */
async function removeAll(engine: Engine, { projects, runtimeDir }: Bench): Promise<void> {
  await callOffPrepared(runtimeDir, () => undefined);
  const left = await engine.list([`${LABEL.project}=${projects.ct}`]);
  await Promise.all(left.map(({ id }) => engine.remove(id)));
}
