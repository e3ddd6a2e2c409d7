import { SCHEMA } from '../config/schema.ts';
import { optionsOf, type OptionWords } from './command-options.ts';
import { commandsBelow, findCommand } from './commands/index.ts';

/** Values that exist only now; each is asked for when it is needed. */
export interface Live {
  /** The user's own agents and those of the catalogue */
  agents(): Promise<readonly string[]>;
  providers(): Promise<readonly string[]>;
  /** Ids of running sessions */
  sessions(): Promise<readonly string[]>;
}

/** What stands behind a command: agents, sessions or providers. Source: the commands' own arguments */
const ARGUMENTS: Readonly<Record<string, keyof Live>> = {
  run: 'agents',
  'sys init': 'agents',
  'agents install': 'agents',
  'agents update': 'agents',
  'agents remove': 'agents',
  'agents pin': 'agents',
  'agents import': 'agents',
  'sys agents-md': 'agents',
  'secrets grant': 'agents',
  'secrets revoke': 'agents',
  cc: 'providers',
  attach: 'sessions',
  exec: 'sessions',
  stop: 'sessions',
  shell: 'sessions',
};

/** What an option takes, by its longest name: the words of the configuration, and live values. */
const VALUES: Readonly<Record<string, readonly string[] | keyof Live>> = {
  '--network': SCHEMA.network.keys.mode.choices,
  '--preset': SCHEMA.sandbox.keys.preset.choices,
  '--seccomp': SCHEMA.sandbox.keys.seccomp.names,
  '--engine': SCHEMA.engine.keys.kind.choices,
  '--provider': 'providers',
  '--session': 'sessions',
};

/** What was typed before the word that is completed. */
interface Typed {
  /** Words that are neither options nor their values */
  readonly words: readonly string[];
  /** The option whose value comes now */
  readonly option: OptionWords | undefined;
  readonly options: readonly OptionWords[];
}

/**
 * What the last of `words` (without `ct` itself; empty when nothing is typed yet) may become. After an
 * agent's name the words belong to the agent: nothing is offered then.
 */
export async function complete(words: readonly string[], live: Live): Promise<readonly string[]> {
  const last = words.at(-1) ?? '';
  const typed = await read(words.slice(0, -1));
  return [...new Set(await candidates(typed, last, live))]
    .filter((word) => word.startsWith(last))
    .sort();
}

async function candidates(typed: Typed, last: string, live: Live): Promise<readonly string[]> {
  const { words, option, options } = typed;
  if (option !== undefined) return valuesOf(option, live);
  const kind = ARGUMENTS[words.join(' ')];
  if (last.startsWith('-')) {
    const isAgents = kind === undefined && isForAnother(words);
    return isAgents ? [] : options.flatMap(({ names }) => names);
  }
  const next = commandsBelow(words).flatMap(({ path }) => path[words.length] ?? []);
  const values = kind === undefined ? [] : await live[kind]();
  const agents = words.length === 0 ? await live.agents() : [];
  return [...next, ...values, ...agents];
}

/** Whether the words from here on are for an agent or a program inside. */
function isForAnother([command = '', ...rest]: readonly string[]): boolean {
  return ['run', 'cc', 'exec', 'shell'].includes(command) && rest.length > 0;
}

async function valuesOf({ names }: OptionWords, live: Live): Promise<readonly string[]> {
  const values = VALUES[names[0] ?? ''] ?? [];
  return typeof values === 'string' ? live[values]() : values;
}

/** Options of ct stand behind the command's words; a value may be a word of its own or follow a `=`. */
async function read(before: readonly string[]): Promise<Typed> {
  const entry = findCommand(before);
  const options = entry === undefined ? [] : optionsOf((await entry.load()).default);
  const words: string[] = [];
  let option: OptionWords | undefined;
  for (const word of before) {
    if (option !== undefined) option = undefined;
    else if (!word.startsWith('-')) words.push(word);
    else option = options.find(({ names, takesValue }) => takesValue && names.includes(word));
  }
  return { words, option, options };
}

/** Shells that a script can be had for. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;

/** The script for a shell; it asks `ct completion words` for what fits. */
export function completionScript(shell: (typeof SHELLS)[number]): string {
  return SCRIPTS[shell];
}

const SCRIPTS = {
  bash: `# ct completion bash >> ~/.bashrc
_ct() {
  COMPREPLY=()
  local word
  while IFS= read -r word; do COMPREPLY+=("$word"); done \\
    < <(ct completion words -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _ct ct
`,
  zsh: `# ct completion zsh >> ~/.zshrc
_ct() {
  local -a found
  found=("\${(@f)$(ct completion words -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}")
  [[ -n "$found" ]] && compadd -a found || _files
}
compdef _ct ct
`,
  fish: `# ct completion fish > ~/.config/fish/completions/ct.fish
complete -c ct -a '(ct completion words -- (commandline -opc)[2..] (commandline -ct) 2>/dev/null)'
`,
} as const;
