// @ts-check
/**
 * `npm test [-- SUITE…]`: sets the machine up, runs every suite (or the named ones) and adds them up.
 * The last line of stdout is the sum; the exit status is 0 only when nothing failed.
 */
import { homedir } from 'node:os';
import { join } from 'node:path';
import { TEST_PACKAGES } from './apt.mjs';
import { Interrupted, dropLogs } from './exec.mjs';
import { probeHost } from './host.mjs';
import { runLanes } from './lanes.mjs';
import { prepareMachine } from './machine.mjs';
import { outcomeNotRun, renderSummary } from './outcome.mjs';
import { ROOT, ensureBuild, ensureNodeModules } from './project.mjs';
import { elapsed, say, sayFailure } from './say.mjs';
import { watchStandstill } from './standstill.mjs';
import { suitesFor } from './suites.mjs';
import { TEST_BASE } from './test-tree.mjs';

/** @param {readonly string[]} names */
async function main(names) {
  process.umask(0o022);
  const suites = suitesFor((await probeHost()).codename);
  const unknown = names.filter((name) => !suites.some((suite) => suite.name === name));
  if (unknown.length > 0) {
    say(
      `no such suite: ${unknown.join(', ')}; there are: ${suites.map(({ name }) => name).join(', ')}`,
    );
    return 2;
  }
  const chosen = suites.filter(({ name }) => names.length === 0 || names.includes(name));
  const watch = watchStandstill(join(ROOT, '.standstill'));
  const results = await runAll(chosen);
  process.stdout.write(`${renderSummary(results, watch.stop())}\n`);
  return results.some(({ failed }) => failed > 0) ? 1 : 0;
}

/** @param {readonly import('./suites.mjs').Suite[]} suites */
async function runAll(suites) {
  /** @type {import('./suites.mjs').Ground | undefined} */
  let ground;
  announce('set-up');
  const made = await timed('set-up', async () => {
    ground = await prepareGround();
    return { passed: 0, failed: 0, skipped: [] };
  });
  if (!ground) return [made];
  const found = ground;
  const works = suites.map((suite) => ({
    name: suite.name,
    isFree: suite.isFree === true,
    // Alone it needs no lane of its own, and shows what it does.
    isBeside: suite.isBeside === true && suites.some((other) => other.isBeside !== true),
    run: (/** @type {'inherit' | number} */ output) =>
      timed(suite.name, () => runSuite(suite, found, output)),
  }));
  return [made, ...(await runLanes(works, announce))];
}

/** @param {string} suite */
function announce(suite) {
  process.stdout.write(`\n=== ${suite} (at ${elapsed()})\n`);
}

/**
 * @param {import('./suites.mjs').Suite} suite
 * @param {import('./suites.mjs').Ground} ground
 * @param {'inherit' | number} output
 */
async function runSuite({ name, obstacle, run }, ground, output) {
  const reason = await obstacle?.(ground);
  return reason === undefined ? run(ground, output) : outcomeNotRun(name, reason);
}

/** An account, a home and a run-time directory apart from those of sessions, so no image of theirs is touched. */
async function prepareGround() {
  const ground = await prepareMachine({
    packages: TEST_PACKAGES,
    account: 'ct-test',
    useraddOptions: ['-d', `${TEST_BASE}/home`],
    homeApart: join(homedir(), '.cache/ct-test/home'),
  });
  await ensureNodeModules();
  await ensureBuild();
  return ground;
}

/**
 * Runs one suite; a throw counts as one failure.
 * @param {string} suite
 * @param {() => Promise<import('./outcome.mjs').Outcome>} run
 * @returns {Promise<import('./outcome.mjs').Result>}
 */
async function timed(suite, run) {
  const fromMs = performance.now();
  const seconds = () => (performance.now() - fromMs) / 1000;
  try {
    return { ...(await run()), suite, seconds: seconds() };
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    sayFailure(error);
    const fault = error instanceof Error ? error.message : String(error);
    return { passed: 0, failed: 1, skipped: [], fault, suite, seconds: seconds() };
  }
}

process.exitCode = 1;
try {
  process.exitCode = await main(process.argv.slice(2));
  if (process.exitCode === 0) dropLogs();
} catch (error) {
  sayFailure(error);
}
