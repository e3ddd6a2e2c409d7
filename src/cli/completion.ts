import { CATALOGUE } from '../agents/catalogue.ts';
import { PROVIDERS } from '../agents/providers.ts';
import { COMMANDS } from './commands/index.ts';

/** Values that exist only now; each is asked for when it is needed. */
export interface Live {
  /** The user's own agents and those of the catalogue */
  agents(): Promise<readonly string[]>;
  providers(): Promise<readonly string[]>;
  /** Ids of running sessions */
  sessions(): Promise<readonly string[]>;
}

/** Words that every agent and provider of ct can complete without asking anybody. */
export const STATIC_LIVE: Live = {
  agents: () => Promise.resolve([...CATALOGUE.keys()]),
  providers: () => Promise.resolve([...PROVIDERS.keys()]),
  sessions: () => Promise.resolve([]),
};

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

/**
 * What the last of `words` (without `ct` itself; empty when nothing is typed yet) may become. After an
 * agent's name the words belong to the agent: nothing is offered then.
 */
export async function complete(words: readonly string[], live: Live): Promise<readonly string[]> {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1).filter((word) => !word.startsWith('-'));
  if (typed.startsWith('-')) return [];
  return (await candidates(before, live)).filter((word) => word.startsWith(typed)).sort();
}

async function candidates(before: readonly string[], live: Live): Promise<readonly string[]> {
  const below = COMMANDS.filter(({ path }) => before.every((word, index) => path[index] === word));
  const next = below.flatMap(({ path }) => path[before.length] ?? []);
  const kind = ARGUMENTS[before.join(' ')];
  const values = kind === undefined ? [] : await live[kind]();
  const agents = before.length === 0 ? await live.agents() : [];
  return [...new Set([...next, ...values, ...agents])];
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
