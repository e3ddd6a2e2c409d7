// @ts-check
/**
 * Man pages from the commands: `ct.1`, and one for each command with its words joined by `-`, as git has
 * them. Source: man(7), man-pages(7).
 *
 * @typedef {object} CliTables
 * @property {typeof import('../src/cli/commands/index.ts').commandsBelow} commandsBelow
 * @property {typeof import('../src/cli/library.ts').Cli} Cli
 * @property {typeof import('../src/cli/usage.ts').tidyUsage} tidyUsage
 * @property {typeof import('../src/base/exit.ts').EXIT} EXIT
 */

/**
 * The pages, by path.
 * @param {CliTables} tables
 * @returns {Promise<[string, string][]>}
 */
export async function renderManPages(tables) {
  const pages = await Promise.all(
    tables
      .commandsBelow([])
      .map(async ({ path, load }) => pageOf(path, (await load()).default, tables)),
  );
  return [overview(pages, tables), ...pages].map(({ name, text }) => [`docs/man/${name}.1`, text]);
}

/**
 * @typedef {{ name: string, words: string, summary: string, text: string }} Page
 *
 * @param {readonly string[]} path
 * @param {import('../src/cli/command.ts').CtCommandClass} CommandClass
 * @param {CliTables} tables
 * @returns {Page}
 */
function pageOf(path, CommandClass, { Cli, tidyUsage }) {
  const name = ['ct', ...path].join('-');
  const { description = '', details = '', examples = [] } = CommandClass.usage ?? {};
  const definition = Cli.from([CommandClass], { binaryName: 'ct' }).definition(CommandClass);
  const lines = [
    ...head(name, description),
    '.SH SYNOPSIS',
    `.B ${roff(tidyUsage(definition?.usage ?? '', CommandClass.rest))}`,
  ];
  lines.push('.SH DESCRIPTION', ...paragraphs(`${description}.\n\n${details}`));
  const options = definition?.options ?? [];
  if (options.length > 0) lines.push('.SH OPTIONS');
  for (const { definition: option, description: meaning = '' } of options) {
    lines.push('.TP', `.B ${roff(tidyUsage(option))}`, ...textLines(meaning.trim()));
  }
  if (examples.length > 0) lines.push('.SH EXAMPLES');
  for (const [title, command] of examples) {
    lines.push('.PP', ...textLines(`${title}:`), '.PP', '.RS 4', '.EX');
    lines.push(...textLines(command.replaceAll('$0', 'ct')), '.EE', '.RE');
  }
  lines.push('.SH EXIT STATUS', ...paragraphs('See \\fBct\\fR(1).', true));
  lines.push('.SH SEE ALSO', '\\fBct\\fR(1)');
  return { name, words: ['ct', ...path].join(' '), summary: description, text: join(lines) };
}

/**
 * @param {readonly Page[]} pages
 * @param {CliTables} tables
 * @returns {Page}
 */
function overview(pages, { EXIT }) {
  const summary = 'AI coding agents in rootless containers';
  const lines = [
    ...head('ct', summary),
    ...['.SH SYNOPSIS', '.B ct', 'command [options]', '.br', '.B ct', 'agent [arguments]'],
    ...['.SH DESCRIPTION', ...paragraphs(ABOUT), '.SH COMMANDS'],
    ...pages.flatMap(({ name, summary: what }) => [
      '.TP',
      `\\fB${roff(name)}\\fR(1)`,
      ...textLines(what),
    ]),
    '.SH EXIT STATUS',
    ...STATUSES(EXIT).flatMap(([status, when]) => ['.TP', `.B ${status}`, ...textLines(when)]),
    ...['.SH ENVIRONMENT'],
    ...VARIABLES.flatMap(([name, what]) => ['.TP', `.B ${roff(name)}`, ...textLines(what)]),
    ...['.SH FILES', '.TP', '.I ~/.config/ct/config.toml', 'The configuration.'],
    ...['.TP', '.I ~/.local/share/ct/homes', "Agents' persistent homes."],
    ...['.SH SEE ALSO', '\\fBpodman\\fR(1)'],
  ];
  return { name: 'ct', words: 'ct', summary, text: join(lines) };
}

const ABOUT = `Runs an agent in a container of its own: the current directory is its project, and the rest of the host is not there.
The agent's words go to standard output, those of ct to standard error.

\`ct agent\` is \`ct run agent\`: the arguments are the agent's, but for \`--ct-network MODE\`, \`--ct-verbose\` and \`--ct-debug\`, which are ct's own.`;

/** @param {typeof import('../src/base/exit.ts').EXIT} exit @returns {[number | string, string][]} */
const STATUSES = (exit) => [
  [exit.done, 'Done.'],
  [exit.answerIsNo, 'Done, and the answer is no.'],
  [
    exit.usage,
    'The command line is wrong; 125 for commands that pass on the status of a program inside.',
  ],
  [3, 'The service does not run (ct daemon status).'],
  [exit.ctFailed, 'ct itself failed.'],
  [exit.notExecutable, 'The program inside cannot be executed.'],
  [exit.notFound, 'The program inside does not exist.'],
  ['128 + n', 'Signal n ended the program inside, or ct.'],
];

/** @type {[string, string][]} */
const VARIABLES = [
  ['NO_COLOR, FORCE_COLOR', 'No colours; colours also where there is no terminal.'],
  ['VISUAL, EDITOR', 'The editor of ct sys agents-md.'],
  ['CONTAINER_HOST', 'Address of the engine: unix://PATH.'],
  ['XDG_CONFIG_HOME, XDG_DATA_HOME, XDG_STATE_HOME, XDG_CACHE_HOME', 'Where files of ct lie.'],
];

/** @param {string} name @param {string} summary */
function head(name, summary) {
  return [
    `.\\" Written by 'npm run docs'; edit the command in the sources instead.`,
    `.TH ${roff(name.toUpperCase())} 1 "" "ct" "User Commands"`,
    '.SH NAME',
    `${roff(name)} \\- ${roff(summary)}`,
  ];
}

/** Markdown of the commands' details, as far as they use it: paragraphs and code. @param {string} text */
function paragraphs(text, isRoff = false) {
  return text
    .trim()
    .split(/\n\s*\n/u)
    .flatMap((part) => [
      '.PP',
      ...(isRoff ? [part] : textLines(part.replace(/\s*\n\s*/gu, ' ').trim())),
    ]);
}

/** Lines of text: code in bold, nothing that could be a request. @param {string} text */
function textLines(text) {
  return text.split('\n').map((line) => {
    const bold = line
      .split('`')
      .map((part, index) => (index % 2 === 1 ? `\\fB${roff(part)}\\fR` : roff(part)))
      .join('');
    return /^[.']/u.test(bold) ? `\\&${bold}` : bold;
  });
}

/** @param {string} text */
function roff(text) {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll("'", '\\(aq')
    .replaceAll('`', '\\(ga');
}

/** @param {readonly string[]} lines */
function join(lines) {
  return `${lines.join('\n')}\n`;
}
