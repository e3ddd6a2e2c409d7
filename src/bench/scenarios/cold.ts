import { setTimeout as sleep } from 'node:timers/promises';
import type { EngineKind } from '../../engine/choose.ts';
import type { Engine } from '../../engine/engine.ts';
import { timeProgram } from '../../host/timed.ts';
import { LABEL } from '../../plan/labels.ts';
import type { NetworkMode } from '../../plan/options.ts';
import {
  BREATH_MS,
  PROGRAM,
  WORDS,
  phasesCase,
  planWithImage,
  programCase,
  sampleOf,
} from '../cases.ts';
import { podmanNetwork, podmanPeer } from '../peers/podman.ts';
import { ctCommand, type Bench, type Case, type Opened, type Scenario } from '../scenario.ts';

/** How often the engine is asked whether a container is gone, `ms` */
const ASK_MS = 5;

/**
 * A cold session in a network mode, on an engine; `isServed` beside the user's service, which has no session
 * ready for it.
 */
export function coldScenario(
  network: NetworkMode,
  engine: EngineKind,
  { isServed = false } = {},
): Scenario {
  const id = ['cold', network, ...(isServed ? ['served'] : [])];
  const title = `ct run -n ${network} shell, on ${engine}`;
  return {
    id: (engine === 'podman' ? id : [...id, engine]).join('-'),
    family: 'cold',
    title: isServed ? `${title}, beside the service` : title,
    rounds: (asked) => asked,
    open: async (bench) => {
      if (isServed) {
        await timeProgram(ctCommand(bench, ['daemon', 'start'], NO_STANDBY), bench.signal);
      }
      return openCold(network, engine, bench);
    },
  };
}

/** Whatever the user has configured. */
const NO_STANDBY = { CT_STANDBY: '0' };

async function openCold(network: NetworkMode, kind: EngineKind, bench: Bench): Promise<Opened> {
  const engine = await bench.engine(kind);
  const env = { ...NO_STANDBY, CT_ENGINE: kind };
  return coldCases({ network, env, engine, bench, podman: bench.podman });
}

/** What a cold scenario differs in. */
export interface Cold {
  readonly network: NetworkMode;
  /** Leads `ct` to the engine */
  readonly env: NodeJS.ProcessEnv;
  readonly engine: Engine;
  readonly bench: Bench;
  readonly podman: Bench['podman'];
}

/**
 * A cold session and its peers.
 *
 * Errors: failed_precondition when the image of sessions was never made: that takes minutes, and the network
 */
export async function coldCases({ network, env, engine, bench, podman }: Cold): Promise<Opened> {
  const words = ['run', '-n', network, 'shell', ...PROGRAM];
  const plan = await planWithImage(['-n', network, 'shell', ...PROGRAM], engine, bench, env);
  const peer = podman && podmanPeer(podman, plan, podmanNetwork(network, podman), WORDS);
  const others = network === 'offline' ? bench.others : [];
  const peers = [
    ...(peer === undefined ? [] : [{ name: 'podman run', command: peer }]),
    ...others.map(({ name, command }) => ({ name, command: command(WORDS, plan) })),
  ].map(({ name, command }) =>
    goneAtTheEnd(programCase(name, 'peer', { ...command, env: bench.env }, bench)),
  );
  return {
    cases: [untilGone(words, env, engine, bench), ...peers, phasesCase(words, bench, env)],
    missing: network === 'offline' ? bench.missing : [],
    settle: async () => {
      await gone(engine, bench);
      await sleep(BREATH_MS);
    },
  };
}

/** `ct run`, and until its container, which the engine removes by itself, is gone as well. */
function untilGone(
  words: readonly string[],
  env: NodeJS.ProcessEnv,
  engine: Engine,
  bench: Bench,
): Case {
  return {
    name: 'ct',
    role: 'ct',
    measure: async () => {
      const sample = sampleOf(await timeProgram(ctCommand(bench, words, env), bench.signal));
      const endedMs = performance.now();
      await gone(engine, bench);
      const goneMs = (sample.figures.total ?? 0) + performance.now() - endedMs;
      return { figures: { ...sample.figures, gone: goneMs } };
    },
  };
}

/** Peers that leave nothing behind when their command ends. */
function goneAtTheEnd(peer: Case): Case {
  return {
    ...peer,
    measure: async () => {
      const { figures } = await peer.measure();
      return { figures: { ...figures, gone: figures.total ?? Number.NaN } };
    },
  };
}

async function gone(engine: Engine, { projects, signal }: Bench): Promise<void> {
  const labels = [`${LABEL.project}=${projects.ct}`];
  while ((await engine.list(labels)).length > 0) await sleep(ASK_MS, undefined, { signal });
}
