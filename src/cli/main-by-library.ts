import { Cli } from './library.ts';
import { EXIT } from '../base/exit.ts';
import { CtCommand } from './command.ts';
import { optionsOf, type OptionWords } from './command-options.ts';
import { findCommand, type CommandEntry } from './commands/index.ts';
import { processContext, type CtContext } from './context.ts';
import { fail, passesStatus } from './fail.ts';
import { lostOutput } from './output/lost.ts';
import { tidyUsage, usageErrorFrom } from './usage.ts';

/**
 * Reads the command line with the library and runs the command; resolves to the exit status. Loads
 * one command's code: its own.
 *
 * Errors: none; whatever is thrown ends as a message on stderr
 */
export async function mainByLibrary(
  argv: readonly string[],
  context: CtContext = processContext(),
): Promise<number> {
  outliveReaders(context);
  const face = { json: asksForJson(argv), passesStatus: passesStatus(argv[0]), trace: false };
  const status = await perform(argv, context).catch((thrown: unknown) =>
    fail(thrown, context.stderr, face),
  );
  await Promise.all([flushed(context.stdout), flushed(context.stderr)]);
  const lost = lostOutput(context.stdout);
  return lost === undefined ? status : fail(lost, context.stderr, { ...face, json: false });
}

async function perform(argv: readonly string[], context: CtContext): Promise<number> {
  const entry = findCommand(argv);
  if (entry !== undefined) return runCommand(entry, argv, context);
  const { helpOrUnknown } = await import('./help.ts');
  return helpOrUnknown(argv, context);
}

async function runCommand(
  entry: CommandEntry,
  argv: readonly string[],
  context: CtContext,
): Promise<number> {
  const { default: CommandClass } = await entry.load();
  const cli = new Cli<CtContext>({ binaryName: 'ct', enableColors: context.colorDepth > 1 });
  cli.register(CommandClass);
  let command;
  try {
    command = cli.process([...argv], context);
  } catch (thrown) {
    throw usageErrorFrom(thrown, {
      ...{ path: entry.path, argv, rest: CommandClass.rest },
      options: optionsOf(CommandClass),
      runOptions: await runOptions(entry),
    });
  }
  // `--help` gives either the command with `help` set or clipanion's own help command.
  if (command.help || !(command instanceof CtCommand)) {
    context.stdout.write(tidyUsage(cli.usage(CommandClass, { detailed: true }), CommandClass.rest));
    return EXIT.done;
  }
  return command.validateAndExecute();
}

/** Options that somebody who types `ct shell` or `ct cc` may look for there. */
async function runOptions({ path }: CommandEntry): Promise<readonly OptionWords[]> {
  const run = findCommand(['run']);
  if (run === undefined || !['cc', 'shell'].includes(path[0] ?? '')) return [];
  return optionsOf((await run.load()).default);
}

/** Whether errors found before any command was made are wanted as JSON. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** What became of the output is looked at when the command is done (`lostOutput`). */
function outliveReaders(context: CtContext): void {
  for (const stream of [context.stdout, context.stderr]) stream.on('error', () => undefined);
}

/** Resolves when everything written has left the process, or can no longer leave it. */
function flushed(stream: NodeJS.WritableStream): Promise<void> {
  const { writableLength, destroyed } = stream as { writableLength?: number; destroyed?: boolean };
  if (!writableLength || destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('drain', resolve).once('error', resolve).once('close', resolve);
  });
}
