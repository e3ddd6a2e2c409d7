// @ts-check
/**
 * `npm run bench`: scenarios against a peer, in turn, as ratios. Runs as an ordinary account on a host
 * where `ct sys init` has been. `--rounds N`, `--save` writes the figures to `bench/results/`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { coldRun } from './cold-run.mjs';
import { startUp } from './start-up.mjs';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '30' }, save: { type: 'boolean', default: false } },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 3) {
  process.stderr.write('bench: --rounds takes a whole number from 3 up\n');
  process.exit(2);
}
if (process.getuid?.() === 0) {
  process.stderr.write("bench: sessions don't run as root; use the account that runs ct\n");
  process.exit(2);
}

const ct = fileURLToPath(new URL('../dist/main.cjs', import.meta.url));
const project = mkdtempSync(join(tmpdir(), 'ct-bench-'));
try {
  const host = {
    node: process.version,
    podman: execFileSync('podman', ['--version'], { encoding: 'utf8' }).trim(),
    kernel: release(),
    cpus: cpus().length,
  };
  const scenarios = [await startUp({ ct, rounds }), ...(await coldRun({ ct, rounds, project }))];
  for (const scenario of scenarios) process.stdout.write(render(scenario));
  if (values.save) {
    const dir = fileURLToPath(new URL('results/', import.meta.url));
    mkdirSync(dir, { recursive: true });
    const date = new Date().toISOString().slice(0, 10);
    writeFileSync(
      join(dir, `${date}.json`),
      `${JSON.stringify({ host, rounds, scenarios }, null, 2)}\n`,
    );
  }
} finally {
  rmSync(project, { recursive: true, force: true });
}

/** @param {{ name: string, ours: number, peer: number, ratio: {median: number, low: number, high: number}, goal: number }} scenario */
function render({ name, ours, peer, ratio, goal }) {
  const verdict = ratio.median <= goal ? 'met' : 'missed';
  const range = `${ratio.low.toFixed(2)}–${ratio.high.toFixed(2)}`;
  return (
    `${name.padEnd(44)} ${ours.toFixed(0).padStart(5)} ms  peer ${peer.toFixed(0).padStart(5)} ms  ` +
    `ratio ${ratio.median.toFixed(2)} (${range})  goal ${goal.toFixed(1)} ${verdict}\n`
  );
}
