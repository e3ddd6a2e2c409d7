import { isatty } from 'node:tty';
import { leave } from '../host/leaving.ts';
import { wasmIsCompiled } from '../host/wasm-compiler.ts';
import { canMove } from './colour.ts';
import { fail } from './fail.ts';
import { createReport } from './output/report.ts';
import type { TextSink } from './output/sink.ts';
import { performRun } from './perform-run.ts';
import { parseQuickRun } from './quick-run.ts';

export { reportBug } from './fail.ts';

/** Standard streams that are opened when something is written: a quiet run never pays for them. */
let hasWritten = false;
const stdout: TextSink = {
  write: (text) => {
    // Looked at in the end, see `outcome`.
    if (!hasWritten) process.stdout.on('error', () => undefined);
    hasWritten = true;
    return process.stdout.write(text);
  },
};
const stderr: TextSink = { write: (text) => process.stderr.write(text) };

/** What runs for longer than this has begun its work, and outlives an upgrade of its files, `ms` */
const STAYS_MS = 1000;

/** The code that this program was loaded with; see code-cache.ts. */
interface Code {
  hold(): void;
  keep(): void;
}

/**
 * Runs the command line and resolves to the exit status. Loads one command's code: its own.
 *
 * Errors: none; whatever is thrown ends as a message on stderr
 */
export async function main(argv: readonly string[], code: Code): Promise<number> {
  const keep = (): void => {
    wasmIsCompiled();
    code.keep();
  };
  const stays = (): void => {
    keep();
    code.hold();
  };
  setTimeout(stays, STAYS_MS).unref();
  try {
    const quick = await tryQuick(argv);
    if (quick !== undefined) return await outcome(quick);
    const { mainByLibrary } = await import('./main-by-library.ts');
    return await mainByLibrary((await wordsOfRun(argv)) ?? argv);
  } finally {
    leave();
    keep();
  }
}

/** The exit status, unless what was written with it is lost. */
async function outcome(status: number): Promise<number> {
  if (!hasWritten || !process.stdout.errored) return status;
  const { lostOutput } = await import('./output/lost.ts');
  const lost = lostOutput(process.stdout);
  return lost === undefined
    ? status
    : fail(lost, stderr, { json: false, passesStatus: true, trace: false });
}

/** The usual `ct run` and `ct exec`, on the shortest way; `undefined` when the library has to read the words. */
async function tryQuick(argv: readonly string[]): Promise<number | undefined> {
  let verbosity = 0;
  try {
    const isTerminal = isatty(2) && canMove(process.env);
    const uid = process.getuid?.() ?? -1;
    if (argv[0] === 'exec') {
      const { parseQuickExec, performExec } = await import('./quick-exec.ts');
      const exec = parseQuickExec(argv);
      const report = createReport({ stderr, isTerminal, verbosity });
      return exec && (await performExec(exec, { env: process.env, uid, report }, argv));
    }
    const quick = parseQuickRun((await wordsOfRun(argv)) ?? argv);
    if (quick === undefined) return undefined;
    verbosity = quick.verbosity;
    const report = createReport({ stderr, isTerminal, verbosity });
    return await performRun(quick, {
      env: process.env,
      uid,
      stdout,
      stderr,
      report,
      terminal: isTerminal ? stderr : undefined,
    });
  } catch (thrown) {
    return fail(thrown, stderr, { json: false, passesStatus: true, trace: verbosity > 1 });
  }
}

/** `ct gemini …`, or `ct run` with an option of ct behind the agent's name, as words of a plain `ct run`. */
async function wordsOfRun(argv: readonly string[]): Promise<readonly string[] | undefined> {
  if (argv[0] === 'run' && !argv.some((word) => /^--?ct-/u.test(word))) return undefined;
  const { asRun } = await import('./pass-through.ts');
  return asRun(argv, process.env, process.getuid?.() ?? -1);
}
