import { Cli } from './library.ts';
import { CATALOGUE } from '../agents/catalogue.ts';
import { CtError } from '../base/errors.ts';
import { EXIT } from '../base/exit.ts';
import { nearestWord } from '../base/suggest.ts';
import { printable } from '../base/text.ts';
import { CT_VERSION } from '../base/version.ts';
import { commandsBelow, findCommand, type CommandEntry } from './commands/index.ts';
import type { CtContext } from './context.ts';
import { tidyUsage } from './usage.ts';

const HELP_WORDS: readonly (string | undefined)[] = ['help', '--help', '-h'];

/**
 * Command lines that name no command: help, a group such as `ct sys`, or a mistake.
 *
 * Errors: invalid_argument for an unknown command, with the one that was probably meant
 */
export async function helpOrUnknown(argv: readonly string[], context: CtContext): Promise<number> {
  const isHelp = argv.length === 0 || HELP_WORDS.includes(argv[0]);
  const words = isHelp ? argv.slice(1) : argv.filter((word) => !HELP_WORDS.includes(word));
  const named = findCommand(words);
  if (named !== undefined) return showCommand(named, context);
  const group = commandsBelow(words);
  if (group.length === 0) throw unknownCommand(words, isHelp);
  context.stdout.write(await renderOverview(group, words.length === 0));
  return EXIT.done;
}

async function showCommand(entry: CommandEntry, context: CtContext): Promise<number> {
  const { default: CommandClass } = await entry.load();
  const cli = Cli.from<CtContext>([CommandClass], {
    binaryName: 'ct',
    enableColors: context.colorDepth > 1,
  });
  context.stdout.write(tidyUsage(cli.usage(CommandClass, { detailed: true }), CommandClass.rest));
  return EXIT.done;
}

/** The other form of a command line. Source: pass-through.ts */
const AGENT_FORM = `       ct <agent> [arguments]

'ct <agent>' is 'ct run <agent>': the arguments are the agent's, but for --ct-network MODE, --ct-verbose
and --ct-debug, which are ct's own.
`;

/** The page of `ct help`, or of a group: commands by category, one line each. */
async function renderOverview(entries: readonly CommandEntry[], isWhole: boolean): Promise<string> {
  const width = Math.max(...entries.map(({ path }) => path.join(' ').length)) + 2;
  const sections = new Map<string, string[]>();
  for (const { path, load } of entries) {
    const { usage } = (await load()).default;
    const category = usage?.category ?? 'Other';
    const line = `  ${path.join(' ').padEnd(width)}${usage?.description ?? ''}`;
    sections.set(category, [...(sections.get(category) ?? []), line]);
  }
  const pages = [...sections].map(([title, lines]) => `${title}\n${lines.join('\n')}\n`);
  return [
    `ct ${CT_VERSION}: AI coding agents in rootless containers\n`,
    `usage: ct <command> [options]\n${isWhole ? AGENT_FORM : ''}`,
    ...pages,
    "'ct help <command>' or 'ct <command> --help' tells more; 'ct tour' shows the way, 'ct --version' the version\n",
  ].join('\n');
}

function unknownCommand(words: readonly string[], wantsHelp: boolean): CtError {
  const [first = ''] = words;
  const group = commandsBelow([first]);
  const shown = printable(group.length > 0 ? words.slice(0, 2).join(' ') : first);
  return new CtError('invalid_argument', `there is no command '${shown}'`, {
    hint: (wantsHelp ? agentHelp(first) : undefined) ?? unknownHint(words, first, group),
  });
}

/** Where the help is that was asked for by an agent's name. */
function agentHelp(name: string): string | undefined {
  if (!CATALOGUE.has(name)) return undefined;
  return `it is an agent: 'ct run --help' has ct's options, 'ct ${name} --help' is the agent's own`;
}

/** What to type instead of an option in the place of a command. */
function optionFirst(words: readonly string[], option: string): string {
  const command = words.find((word) => findCommand([word]) !== undefined);
  if (command === undefined) return "options follow the command; 'ct help' lists the commands";
  return `options follow the command:  ct ${command} ${printable(option)} …`;
}

function unknownHint(
  words: readonly string[],
  first: string,
  group: readonly CommandEntry[],
): string {
  if (group.length > 0) {
    const near = nearestWord(
      words[1] ?? '',
      group.map(({ path }) => path[1] ?? ''),
    );
    if (near !== undefined) return `did you mean 'ct ${first} ${near}'?`;
    return `commands: ${group.map(({ path }) => path.join(' ')).join(', ')}`;
  }
  if (first.startsWith('-')) return optionFirst(words, first);
  if (first === 'version') return 'type:  ct --version';
  if (CATALOGUE.has(first)) return `it is an agent: type 'ct run ${first}'`;
  const near = nearestWord(
    first,
    new Set([...commandsBelow([]).map(({ path }) => path[0] ?? ''), 'help']),
  );
  if (near !== undefined) return `did you mean 'ct ${near}'? 'ct help' lists the commands`;
  const agent = nearestWord(first, CATALOGUE.keys());
  if (agent !== undefined) return `did you mean the agent: 'ct run ${agent}'?`;
  return "'ct help' lists the commands, 'ct agents' the agents";
}
