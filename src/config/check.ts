import { nearestWord } from '../base/suggest.ts';
import { isHttpsAddress } from '../base/text.ts';
import type { ConfigValue, KeySpec, SectionSpec } from './key-spec.ts';
import { NAMED_SECTIONS, SECTIONS } from './schema.ts';
import { checkValue } from './values.ts';

/** One fault of a configuration. */
export interface Finding {
  readonly path: readonly string[];
  readonly message: string;
  readonly hint?: string;
}

/** What a table of values came to. */
export interface CheckedConfig {
  /** `section.key` or `section.name.key` → value, for what was given and is right */
  readonly values: ReadonlyMap<string, ConfigValue>;
  /** Names of the tables by name that there are: `agents` → `gemini` */
  readonly names: Readonly<Record<string, readonly string[]>>;
  readonly findings: readonly Finding[];
}

type Table = Readonly<Record<string, unknown>>;

/** The tables that a file may have. */
export interface FileSchema {
  readonly sections: Readonly<Record<string, SectionSpec>>;
  /** Tables that stand once for each name */
  readonly named: Readonly<Record<string, SectionSpec>>;
  /** Tables that there might be, and why there are none */
  readonly refused: Readonly<Record<string, string>>;
}

const CONFIG_SCHEMA: FileSchema = { sections: SECTIONS, named: NAMED_SECTIONS, refused: {} };

/** Nobody reads more, and a hostile file must not cost time */
const MAX_FINDINGS = 20;

/** Compares a parsed file with the schema; reports the first twenty faults, never throws. */
export function checkConfig(
  document: Table,
  home: string,
  schema: FileSchema = CONFIG_SCHEMA,
): CheckedConfig {
  const values = new Map<string, ConfigValue>();
  const names: Record<string, readonly string[]> = {};
  const findings: Finding[] = [];
  const sink = { home, values, findings };
  for (const [section, content] of Object.entries(document)) {
    if (findings.length >= MAX_FINDINGS) break;
    const spec = Object.hasOwn(schema.sections, section) ? schema.sections[section] : undefined;
    const named = Object.hasOwn(schema.named, section) ? schema.named[section] : undefined;
    if (named !== undefined) names[section] = checkNamed(section, named, content, sink);
    else if (spec === undefined) findings.push(unknownSection(section, schema));
    else checkTable([section], spec.keys, content, sink);
  }
  checkTogether(values, findings);
  for (const name of names['secrets'] ?? []) checkSource(name, values, findings);
  for (const name of names['providers'] ?? []) checkAddress(name, values, findings);
  return { values, names, findings };
}

/** Words that name a table: of an agent, for one. */
const NAMES = {
  word: { pattern: /^[a-z0-9][a-z0-9-]{0,62}$/u, letters: 'letters a to z, digits and -' },
  variable: { pattern: /^[A-Z][A-Z0-9_]{0,127}$/u, letters: 'capitals, digits and _' },
} as const;

/** Tables by name; gives the names. */
function checkNamed(
  section: string,
  spec: SectionSpec,
  content: unknown,
  sink: Sink,
): readonly string[] {
  const { pattern, letters } = NAMES[spec.names ?? 'word'];
  if (!isTable(content)) {
    sink.findings.push(notATable([section], content, `[${section}.NAME]`));
    return [];
  }
  for (const [name, table] of Object.entries(content)) {
    if (sink.findings.length >= MAX_FINDINGS) break;
    if (pattern.test(name))
      checkTable([section, name], spec.keys, table, sink, `[${section}.${name}]`);
    else {
      const message = `'${short(name)}' cannot be a name: ${letters} make one`;
      sink.findings.push({ path: [section, name], message });
    }
  }
  return Object.keys(content);
}

function notATable(path: readonly string[], content: unknown, header: string): Finding {
  const message = `'${path.map(short).join('.')}' is a table, not ${describe(content)}`;
  return { path, message, hint: `write ${header} on a line of its own` };
}

interface Sink {
  readonly home: string;
  readonly values: Map<string, ConfigValue>;
  readonly findings: Finding[];
}

function checkTable(
  table: readonly string[],
  specs: Readonly<Record<string, KeySpec>>,
  content: unknown,
  sink: Sink,
  header = `[${table.join('.')}]`,
): void {
  if (!isTable(content)) {
    sink.findings.push(notATable(table, content, header));
    return;
  }
  for (const [key, given] of Object.entries(content)) {
    if (sink.findings.length >= MAX_FINDINGS) break;
    const spec = Object.hasOwn(specs, key) ? specs[key] : undefined;
    const path = [...table, key];
    if (spec === undefined) {
      sink.findings.push(unknownKey(path, Object.keys(specs)));
      continue;
    }
    const checked = checkValue(spec, given, sink.home);
    if ('value' in checked) sink.values.set(path.join('.'), checked.value);
    else sink.findings.push(wrongValue(path, spec, given, checked));
  }
}

/** Rules over more than one key. */
function checkTogether(values: ReadonlyMap<string, unknown>, findings: Finding[]): void {
  if (values.get('image.source') === 'archive' && !values.get('image.archive')) {
    findings.push({
      path: ['image', 'source'],
      message: "image.source is 'archive', but image.archive does not say which file",
      hint: 'add to [image]:  archive = "~/base.tar"',
    });
  }
}

/** A secret of two sources has one that nobody asks. */
function checkSource(
  name: string,
  values: ReadonlyMap<string, unknown>,
  findings: Finding[],
): void {
  const [first, second] = ['command', 'file', 'env'].filter((key) => {
    const value = values.get(`secrets.${name}.${key}`);
    return Array.isArray(value) ? value.length > 0 : value !== undefined && value !== '';
  });
  if (first === undefined || second === undefined) return;
  findings.push({
    path: ['secrets', name, second],
    message: `secrets.${name}: expected one of command, file and env, found ${first} and ${second}`,
    hint: 'keep the one that it comes from',
  });
}

/** What variables stand for is known only when the provider is used. */
function checkAddress(
  name: string,
  values: ReadonlyMap<string, unknown>,
  findings: Finding[],
): void {
  const address = values.get(`providers.${name}.base_url`);
  if (typeof address !== 'string' || address === '') return;
  const isOpen = address.startsWith('${');
  if (isOpen || isHttpsAddress(address.replace(/\$\{\w+\}/gu, 'x'))) return;
  findings.push({
    path: ['providers', name, 'base_url'],
    message: `providers.${name}.base_url: expected an https:// address, found ${describe(address)}`,
    hint: 'a token goes there with every request; so it must be encrypted, and have no name or password in the address',
  });
}

function unknownSection(name: string, { sections, named, refused }: FileSchema): Finding {
  const refusal = Object.hasOwn(refused, name) ? refused[name] : undefined;
  if (refusal !== undefined) return { path: [name], message: `[${name}]: ${refusal}` };
  const owner = Object.keys(sections).find((section) =>
    Object.hasOwn(sections[section]?.keys ?? {}, name),
  );
  const known = [...Object.keys(sections), ...Object.keys(named)];
  const near = nearestWord(name, known);
  return {
    path: [name],
    message: `unknown key '${short(name)}'`,
    hint:
      owner !== undefined
        ? `it belongs under [${owner}]`
        : near !== undefined
          ? `did you mean '${near}'?`
          : `tables: ${known.join(', ')}`,
  };
}

function unknownKey(path: readonly string[], known: readonly string[]): Finding {
  const [table, key = ''] = [path.slice(0, -1).join('.'), path.at(-1)];
  const near = nearestWord(key, known);
  return {
    path,
    message: `unknown key '${table}.${short(key)}'`,
    hint:
      near !== undefined ? `did you mean '${near}'?` : `keys of [${table}]: ${known.join(', ')}`,
  };
}

function wrongValue(
  path: readonly string[],
  spec: KeySpec,
  given: unknown,
  wrong: { readonly expected: string; readonly refusal?: string },
): Finding {
  const name = path.join('.');
  if (wrong.refusal !== undefined) return { path, message: `${name}: ${wrong.refusal}` };
  const words =
    spec.type === 'choice' ? spec.choices : spec.type === 'profile' ? spec.names : undefined;
  // A table of TOML has no prototype, so String() would throw.
  const isNear = words !== undefined && typeof given === 'string';
  const near = isNear ? nearestWord(given, words) : undefined;
  return {
    path,
    message: `${name}: expected ${wrong.expected}, found ${describe(given)}`,
    ...(near === undefined ? {} : { hint: `did you mean "${near}"?` }),
  };
}

function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.getPrototypeOf(value) !== Array.prototype &&
    !(value instanceof Date)
  );
}

/** A value in a message: its kind, and itself when it is short. */
function describe(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(short(value))}`;
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${String(value)}`;
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return 'a list';
  return value instanceof Date ? 'a date' : 'a table';
}

function short(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 60)}…`;
}
