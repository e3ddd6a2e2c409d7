import type { Span } from '../base/spans.ts';
import { CtError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import type { Command } from '../host/exec.ts';
import { timeProgram, type TimedRun } from '../host/timed.ts';
import type { SessionPlan } from '../plan/plan.ts';
import type { Bench, Case, Sample } from './scenario.ts';
import { ctCommand } from './scenario.ts';

/** What runs inside: it says a byte and ends. */
export const PROGRAM = ['-c', 'echo ready'];
/** The same with the program that `shell` is, for peers */
export const WORDS = ['bash', ...PROGRAM];
/** For the machine to catch its breath between measurements, `ms` */
export const BREATH_MS = 50;

/** A case that is one program, from its start to its first byte and its end. */
export function programCase(
  name: string,
  role: Case['role'],
  command: Command,
  { signal }: Bench,
): Case {
  return {
    name,
    role,
    measure: async () => sampleOf(await timeProgram(command, signal)),
  };
}

/** What a timed program says for itself. */
export function sampleOf({ firstByteMs, totalMs }: TimedRun): Sample {
  return {
    figures: {
      ...(firstByteMs === undefined ? {} : { 'first byte': firstByteMs }),
      total: totalMs,
    },
  };
}

/** A run of `ct` that also says where its time went. */
export function phasesCase(words: readonly string[], bench: Bench, env: NodeJS.ProcessEnv): Case {
  const command = ctCommand(bench, words, { ...env, CT_TIMING: 'json' });
  return {
    name: 'ct, with its phases',
    role: 'phases',
    measure: async () => {
      const { stderr } = await timeProgram(command, bench.signal);
      return { figures: {}, spans: spansIn(stderr) };
    },
  };
}

/** What `--timing=json` wrote among other lines. */
export function spansIn(stderr: string): readonly Span[] {
  const line = stderr.split('\n').findLast((text) => text.startsWith('{"timing":'));
  if (line === undefined) {
    throw new CtError(
      'internal',
      'a run of ct with CT_TIMING=json did not say where its time went',
    );
  }
  return (JSON.parse(line) as { readonly timing: { readonly spans: readonly Span[] } }).timing
    .spans;
}

/**
 * The plan of a session, as `ct run --dry-run` prints it in the project of the peers.
 *
 * Errors: failed_precondition with what ct said instead
 */
export async function planOf(
  words: readonly string[],
  bench: Bench,
  env: NodeJS.ProcessEnv,
): Promise<SessionPlan> {
  const command = ctCommand(bench, ['run', '--dry-run', ...words], env);
  const { stdout } = await timeProgram({ ...command, cwd: bench.projects.peers }, bench.signal);
  return JSON.parse(stdout) as SessionPlan;
}

/**
 * The same plan, where its image is there.
 *
 * Errors: failed_precondition when the image of sessions was never made: that takes minutes, and the network
 */
export async function planWithImage(
  words: readonly string[],
  { images }: Pick<Engine, 'images'>,
  bench: Bench,
  env: NodeJS.ProcessEnv,
): Promise<SessionPlan> {
  const plan = await planOf(words, bench, env);
  if ((await images.inspect(plan.container.sandbox.image)) !== undefined) return plan;
  throw new CtError(
    'failed_precondition',
    `there is no image of sessions: 'ct sys init --engine ${env['CT_ENGINE'] ?? ''}'`,
  );
}
