// @ts-check
/**
 * `npm run docs`: writes the pages of `docs/` that come from tables in the sources, so that they
 * cannot drift: configuration, errors, command line, and the figures that README quotes. `test/arch/docs-fresh.test.ts` compares.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { renderFigures } from './bench-figures.mjs';
import { renderManPages } from './man-pages.mjs';
import { renderSeccomp } from './seccomp-pages.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

const EXPORTS = `
  export { SECTIONS, NAMED_SECTIONS } from './src/config/schema.ts';
  export { PACKAGE_SECTIONS } from './src/config/packages-schema.ts';
  export { PACKAGE_WORDS } from './src/config/package-names.ts';
  export { ERROR_CODES } from './src/base/errors.ts';
  export { EXIT } from './src/base/exit.ts';
  export { commandsBelow } from './src/cli/commands/index.ts';
  export { ATTEMPTS } from './src/attack/list.ts';
  export { GROUPS } from './src/attack/attempt.ts';
  export { Cli } from './src/cli/library.ts';
  export { tidyUsage } from './src/cli/usage.ts';
  export { parseCallTable } from './src/sandbox/seccomp/calls.ts';
  export { checkedPolicy, filterOf } from './src/sandbox/seccomp/catalogue.ts';
  export { errnoName } from './src/sandbox/seccomp/constants.ts';
`;

/**
 * @typedef {object} Tables
 * @property {typeof import('../src/config/schema.ts').SECTIONS} SECTIONS
 * @property {typeof import('../src/config/schema.ts').NAMED_SECTIONS} NAMED_SECTIONS
 * @property {typeof import('../src/config/packages-schema.ts').PACKAGE_SECTIONS} PACKAGE_SECTIONS
 * @property {typeof import('../src/config/package-names.ts').PACKAGE_WORDS} PACKAGE_WORDS
 * @property {typeof import('../src/base/errors.ts').ERROR_CODES} ERROR_CODES
 * @property {typeof import('../src/base/exit.ts').EXIT} EXIT
 * @property {typeof import('../src/cli/commands/index.ts').commandsBelow} commandsBelow
 * @property {typeof import('../src/attack/list.ts').ATTEMPTS} ATTEMPTS
 * @property {typeof import('../src/attack/attempt.ts').GROUPS} GROUPS
 * @property {typeof import('../src/cli/library.ts').Cli} Cli
 * @property {typeof import('../src/cli/usage.ts').tidyUsage} tidyUsage
 * @property {typeof import('../src/sandbox/seccomp/calls.ts').parseCallTable} parseCallTable
 * @property {typeof import('../src/sandbox/seccomp/catalogue.ts').checkedPolicy} checkedPolicy
 * @property {typeof import('../src/sandbox/seccomp/catalogue.ts').filterOf} filterOf
 * @property {typeof import('../src/sandbox/seccomp/constants.ts').errnoName} errnoName
 */

/**
 * The generated pages, by path.
 * @returns {Promise<Map<string, string>>}
 */
export async function renderDocs() {
  const tables = await loadTables();
  return new Map([
    ['docs/config.md', renderConfig(tables)],
    ['docs/errors.md', renderErrors(tables)],
    ['docs/cli.md', await renderCli(tables)],
    ['docs/attempts.md', renderAttempts(tables)],
    ['README.md', await renderFigures('README.md')],
    ...(await renderManPages(tables)),
    ...renderSeccomp(tables),
  ]);
}

/**
 * The tables themselves: Node 20 cannot load TypeScript, so they are bundled first.
 * @returns {Promise<Tables>}
 */
async function loadTables() {
  const directory = await mkdtemp(join(tmpdir(), 'ct-docs-'));
  try {
    const outfile = join(directory, 'tables.mjs');
    await build({
      stdin: { contents: EXPORTS, resolveDir: ROOT, loader: 'ts' },
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      outfile,
      banner: {
        js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);",
      },
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const NOTE = '<!-- Written by `npm run docs`; edit the table in the sources instead. -->';

/** @param {Tables} tables */
function renderConfig({ SECTIONS, NAMED_SECTIONS, PACKAGE_SECTIONS, PACKAGE_WORDS }) {
  const lines = ['# Configuration', '', NOTE, '', ...CONFIG_INTRODUCTION];
  /** @type {[string, import('../src/config/key-spec.ts').SectionSpec][]} */
  const named = Object.entries(NAMED_SECTIONS).map(([name, spec]) => [`${name}.NAME`, spec]);
  const words = { ...ITEM_WORDS, ...PACKAGE_WORDS };
  for (const [section, spec] of [...Object.entries(SECTIONS), ...named]) {
    lines.push('', `## [${section}]`, ...renderSection(spec, words));
  }
  lines.push('', ...VARIABLES, '', '# packages.toml', '', ...PACKAGES_INTRODUCTION);
  for (const [section, spec] of Object.entries(PACKAGE_SECTIONS)) {
    lines.push('', `## packages.toml: [${section}]`, ...renderSection(spec, words));
  }
  return `${lines.join('\n')}\n`;
}

/**
 * @param {import('../src/config/key-spec.ts').SectionSpec} section
 * @param {Record<string, string>} words
 */
function renderSection({ doc, keys }, words) {
  const rows = Object.entries(keys).map(([key, spec]) => {
    const value = defaultOf(spec);
    return `| \`${key}\` | ${describeType(spec, words)} | \`${value}\` | ${spec.doc} |`;
  });
  return ['', doc, '', '| key | value | default | meaning |', '| --- | --- | --- | --- |', ...rows];
}

/**
 * As it is written in TOML: ports are kept as text, since `host:port` is one too, and typed as numbers.
 * @param {import('../src/config/key-spec.ts').KeySpec} spec
 */
function defaultOf(spec) {
  const text = JSON.stringify(spec.default);
  return spec.type === 'list' && spec.item === 'port' ? text.replaceAll('"', '') : text;
}

/** Variables that `ct` itself reads; those of the session are in presets.md. */
const VARIABLES = [
  '# Environment variables',
  '',
  '| variable | meaning |',
  '| --- | --- |',
  '| `CT_ENGINE` | `podman` or `containerd`, as `--engine` and `[engine] kind` |',
  '| `CONTAINER_HOST`, `CONTAINERD_ADDRESS` | the socket of an engine that runs already |',
  '| `CT_STANDBY` | how many sessions the service keeps ready, as `[daemon] standby` |',
  '| `CT_TIMING` | `json`: where the time of a run went, a line of JSON on standard error |',
  '| `XDG_CONFIG_HOME`, `XDG_DATA_HOME`, `XDG_STATE_HOME`, `XDG_CACHE_HOME`, `XDG_RUNTIME_DIR` | where files of `ct` lie, by the XDG Base Directory Specification |',
  '| `NO_COLOR`, `FORCE_COLOR` | whether there are colours |',
  '| `VISUAL`, `EDITOR` | the editor that `ct sys agents-md` opens |',
  '',
  'Proxies, certificates and registries of the host are read as its own tools read them.',
];

const PACKAGES_INTRODUCTION = [
  'File: `packages.toml` beside `config.toml`, under the same rules. [packages.md](packages.md) says what',
  'becomes of it.',
];

const CONFIG_INTRODUCTION = [
  'File: `$XDG_CONFIG_HOME/ct/config.toml`, by default `~/.config/ct/config.toml`; TOML 1.0, in UTF-8,',
  'at most 1 MiB. It must be a regular file (or a link to one) that belongs to you or to root and that',
  'nobody else may write to. Without a file the defaults hold.',
  '',
  'A fault stops `ct` before anything happens, with exit status 125 and the place (`ct ps` and `ct stop` go on with what is right):',
  '',
  '```',
  "ct: /home/me/.config/ct/config.toml:2:1: unknown key 'network.mod'",
  "  did you mean 'mode'?",
  '```',
];

/**
 * @param {import('../src/config/key-spec.ts').KeySpec} spec
 * @param {Record<string, string>} words
 */
function describeType(spec, words) {
  switch (spec.type) {
    case 'integer':
      return `${spec.min} to ${spec.max} ${spec.unit}`;
    case 'decimal':
      return `${spec.min} to ${spec.max} ${spec.unit}`;
    case 'size':
      return 'size in bytes, or a text such as `"512MiB"`';
    case 'switch':
      return '`true`, `false`';
    case 'list':
      return `list: ${words[spec.item]}`;
    case 'map':
      return `table of names and ${words[spec.item]}`;
    case 'choice':
      return spec.choices.map((choice) => `\`"${choice}"\``).join(', ');
    case 'profile':
      return `${spec.names.map((name) => `\`"${name}"\``).join(', ')}, or a path`;
    case 'path':
      return 'path, `/…` or `~/…`';
    case 'socket':
      return 'path, or `unix://` address';
    case 'word':
      return 'text without spaces';
    case 'variable':
      return 'name of an environment variable';
    case 'reference':
      return 'image reference';
  }
}

const ITEM_WORDS = {
  port: 'whole numbers from 1 to 65535',
  word: 'words',
  path: 'paths, `/…` or `~/…`',
  variable: 'names of environment variables',
  argument: 'a program and its arguments',
};

/** @param {Tables} tables */
function renderErrors({ ERROR_CODES, EXIT }) {
  const codes = Object.entries(ERROR_CODES).map(([code, doc]) => `| \`${code}\` | ${doc} |`);
  return `${[
    ...['# Errors and exit statuses', '', NOTE, ''],
    'An error is one line on standard error, `ct: what failed and why`, and indented lines with what to',
    'do. With `--json` it is `{"error":{"code","message","hint","details"}}`, also on standard error.',
    ...['', '| code | when |', '| --- | --- |', ...codes, ''],
    ...['## Exit statuses', '', '| status | when |', '| --- | --- |'],
    `| ${EXIT.done} | done |`,
    `| ${EXIT.answerIsNo} | done, and the answer is no: ${ANSWERS_NO.join(' · ')} |`,
    `| ${EXIT.usage} | the command line is wrong (\`invalid_argument\`); 125 for \`run\`, \`exec\`, \`attach\` and \`shell\`, whose 2 is the agent's; \`ct network allow\`, \`block\`, \`remove\` and \`clear\`: a running session did not get the change |`,
    '| 3 | `ct daemon status`: the service does not run |',
    `| ${EXIT.ctFailed} | \`ct\` itself failed: every other code |`,
    `| ${EXIT.notExecutable} | the program inside cannot be executed |`,
    `| ${EXIT.notFound} | the program inside does not exist |`,
    '| 128 + n | signal n ended the program inside, or `ct` |',
    '',
    '`ct run`, `ct shell`, `ct exec` and `ct attach` pass on the status of the program inside, whatever it',
    'is; the numbers above are for everything else. As in podman-run(1) and chroot(1).',
  ].join('\n')}\n`;
}

/** Which commands end with the status of an answer that is no, and when. */
const ANSWERS_NO = [
  '`ct doctor`: something is to cure, or with `--attack` an attempt was not held',
  '`ct review`: something changed',
  '`ct bench`: a measurement failed, or with `--check` a budget is broken or none is there',
  '`ct sys packages --install`: something is missing at the end',
  '`ct sys update`: a part failed',
  '`ct sys gc`: something could not be removed',
  '`ct sys reset`: you said no',
  '`ct sys seccomp diff`: the profiles differ',
];

/** @param {Tables} tables */
async function renderCli({ commandsBelow, Cli, tidyUsage }) {
  const lines = ['# Commands', '', NOTE, '', ...CLI_INTRODUCTION];
  for (const { path, load } of commandsBelow([])) {
    const { default: CommandClass } = await load();
    const { usage = {} } = CommandClass;
    const definition = Cli.from([CommandClass], { binaryName: 'ct' }).definition(CommandClass);
    lines.push('', `## ct ${path.join(' ')}`, '', `${usage.description ?? ''}.`, '', '```');
    lines.push(tidyUsage(definition?.usage ?? '', CommandClass.rest), '```');
    if (usage.details) lines.push('', dedent(usage.details));
    lines.push('', '| option | meaning |', '| --- | --- |');
    for (const { definition: option, description } of definition?.options ?? []) {
      lines.push(`| \`${tidyUsage(option)}\` | ${description?.trim() ?? ''} |`);
    }
    for (const [title, command] of usage.examples ?? []) {
      lines.push('', `${title}:`, '', '```', command.replaceAll('$0', 'ct'), '```');
    }
  }
  return `${lines.join('\n')}\n`;
}

const CLI_INTRODUCTION = [
  'Options of `ct` stand before the agent or program that is to run; what follows belongs to it.',
  "`ct <agent>` is `ct run <agent>`: all that follows is the agent's, but for `--ct-network MODE`, `--ct-verbose` and",
  "`--ct-debug`, which are ct's own. `ct <command> --help` shows the same as this page. Exit statuses: [errors.md](errors.md).",
];

/** @param {Tables} tables */
function renderAttempts({ ATTEMPTS, GROUPS }) {
  const lines = ['# Attempts', '', NOTE, '', ...ATTEMPTS_INTRODUCTION];
  for (const [group, title] of Object.entries(GROUPS)) {
    lines.push('', `## ${title}`, '');
    lines.push('| id | what is tried | by | known holes of the class | should be seen |');
    lines.push('| --- | --- | --- | --- | --- |');
    for (const { id, title: what, stage, cve = [], expect, ...rest } of ATTEMPTS) {
      if (rest.group !== group || rest.trap) continue;
      const by = stage === 'suite' ? `suite: ${rest.run.join(' ')}` : BY_STAGE[stage];
      const allowed = rest.permittedBy?.join(', ');
      const seen = allowed === undefined ? expect : `${expect}; allowed by ${allowed}`;
      lines.push(`| ${id} | ${what} | ${by} | ${cve.join(', ')} | ${seen} |`);
    }
  }
  return `${lines.join('\n')}\n`;
}

const BY_STAGE = { agent: 'the agent', exec: '`ct exec`', outside: 'ct, outside' };

const ATTEMPTS_INTRODUCTION = [
  'What `ct doctor --attack` tries in a throw-away session, and the suite with it; what it is worth is in',
  '[threat-model.md](threat-model.md). Ids are stable.',
];

/** @param {string} text */
function dedent(text) {
  return text
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await rm(join(ROOT, 'docs/man'), { recursive: true, force: true });
  for (const [path, text] of await renderDocs()) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), text);
  }
}
