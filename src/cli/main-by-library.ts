import { Cli } from './library.ts';
import { EXIT } from '../base/exit.ts';
import { CtCommand, type CtCommandClass } from './command.ts';
import { findCommand, type CommandEntry } from './commands/index.ts';
import { processContext, type CtContext } from './context.ts';
import { fail, passesStatus } from './fail.ts';
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
  const entry = findCommand(argv);
  try {
    if (entry !== undefined) return await runCommand(entry, argv, context);
    const { helpOrUnknown } = await import('./help.ts');
    return await helpOrUnknown(argv, context);
  } catch (thrown) {
    const face = { json: asksForJson(argv), passesStatus: passesStatus(argv[0]), trace: false };
    return fail(thrown, context.stderr, face);
  } finally {
    await Promise.all([flushed(context.stdout), flushed(context.stderr)]);
  }
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
    throw usageErrorFrom(thrown, entry.path, optionsOf(cli, CommandClass));
  }
  // `--help` gives either the command with `help` set or clipanion's own help command.
  if (command.help || !(command instanceof CtCommand)) {
    context.stdout.write(tidyUsage(cli.usage(CommandClass, { detailed: true })));
    return EXIT.done;
  }
  return command.validateAndExecute();
}

/** Every spelling of every option. */
function optionsOf(cli: Cli<CtContext>, CommandClass: CtCommandClass): readonly string[] {
  const { options = [] } = cli.definition(CommandClass) ?? {};
  return options.flatMap(({ nameSet }) => nameSet);
}

/** Whether errors found before any command was made are wanted as JSON. */
function asksForJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--');
  return argv.slice(0, end === -1 ? undefined : end).includes('--json');
}

/** A reader that leaves (`ct ps | head -1`) is not an error of ct. */
function outliveReaders(context: CtContext): void {
  for (const stream of [context.stdout, context.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/** Resolves when everything written has left the process, or can no longer leave it. */
function flushed(stream: NodeJS.WritableStream): Promise<void> {
  const { writableLength, destroyed } = stream as { writableLength?: number; destroyed?: boolean };
  if (!writableLength || destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.once('drain', resolve).once('error', resolve).once('close', resolve);
  });
}
