import { setMaxListeners } from 'node:events';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { CtError, isCtError } from '../base/errors.ts';
import type { SessionContext } from '../session/context.ts';
import { interruptible } from '../session/interrupt.ts';
import { Engines } from './engines.ts';
import { loadNow } from './machine.ts';
import { measureScenario } from './measure.ts';
import { PEER_LABEL } from './peers/container-flags.ts';
import { prepareBench } from './prepare.ts';
import type { BenchReport, Missing, ScenarioResult } from './result.ts';
import type { Bench, Scenario } from './scenario.ts';

/** What to measure. */
export interface BenchOptions {
  readonly scenarios: readonly Scenario[];
  /** Rounds that count; scenarios that take long make fewer of them */
  readonly rounds: number;
}

/**
 * Measures scenarios one after the other. What cannot be measured here is named with its reason, and so
 * is a scenario that failed half-way: what failed is no figure.
 *
 * Errors: canceled · those of `ct run` · failed_precondition when nothing could be measured
 */
export async function runBench(
  options: BenchOptions,
  context: SessionContext,
): Promise<BenchReport> {
  const interrupt = interruptible();
  // Every program under way listens to it, and scenarios start fifty at once.
  setMaxListeners(0, interrupt.signal);
  const dir = realpathSync(mkdtempSync(`${context.paths.home}/ct-bench-`));
  const engines = new Engines(context);
  try {
    const begunMs = performance.now();
    const begun = new Date().toISOString();
    const before = loadNow();
    const { bench, machine } = await prepareBench(dir, engines, context, interrupt.signal);
    const missing: Missing[] = [];
    const scenarios: ScenarioResult[] = [];
    for (const scenario of options.scenarios) {
      const result = await measured(scenario, options.rounds, bench, missing);
      if (result !== undefined) scenarios.push(result);
    }
    return {
      schema: 1,
      ct: context.ctVersion,
      begun,
      tookSeconds: Math.round((performance.now() - begunMs) / 1000),
      machine,
      load: { before, after: loadNow() },
      scenarios,
      missing,
    };
  } finally {
    await removePeers(`${dir}/peers`, engines);
    await engines.close();
    rmSync(dir, { recursive: true, force: true });
    interrupt.release();
  }
}

/** Containers of peers that were killed while they started: Podman leaves those behind. */
async function removePeers(project: string, engines: Engines): Promise<void> {
  if (!engines.kinds().includes('podman')) return;
  const engine = await engines.open('podman');
  const left = await engine.list([`${PEER_LABEL}=${project}`]);
  await Promise.all(left.map(({ id }) => engine.remove(id)));
}

/** A scenario's figures; `undefined`, and why among `missing`, when it cannot be measured here. */
async function measured(
  scenario: Scenario,
  asked: number,
  bench: Bench,
  missing: Missing[],
): Promise<ScenarioResult | undefined> {
  const rounds = scenario.rounds(asked);
  const step = bench.report.step(`${scenario.id}: ${scenario.title}`);
  try {
    const result = await openAndMeasure(scenario, rounds, bench, missing, (round) =>
      step.update(`round ${round} of ${rounds}`),
    );
    step.done();
    return result;
  } catch (thrown) {
    if (bench.signal.aborted) {
      step.fail();
      throw thrown;
    }
    const { message, hint } = CtError.from(thrown);
    const why = hint === undefined || hint === '' ? message : `${message} (${hint})`;
    const isOfHost = isCtError(thrown, 'failed_precondition', 'unavailable');
    if (isOfHost) step.done('cannot be measured here');
    else step.fail();
    missing.push({ what: scenario.id, why, ...(isOfHost ? {} : { failed: true }) });
    return undefined;
  }
}

async function openAndMeasure(
  scenario: Scenario,
  rounds: number,
  bench: Bench,
  missing: Missing[],
  onRound: (round: number) => void,
): Promise<ScenarioResult> {
  const opened = await scenario.open(bench);
  try {
    for (const one of opened.missing) {
      if (!missing.some(({ what }) => what === one.what)) missing.push(one);
    }
    return await measureScenario(scenario, opened, rounds, onRound);
  } finally {
    await opened.close?.();
  }
}
