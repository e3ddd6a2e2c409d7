import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { checkConfig, type CheckedConfig, type FileSchema, type Finding } from './check.ts';
import { checkYolo } from './check-yolo.ts';
import { locateKey, type Position } from './locate.ts';
import { configFrom, DEFAULT_CONFIG, type Config } from './schema.ts';
import { parseTomlText } from './toml.ts';

/** A configuration file as it was read. */
export interface ConfigText {
  /** For messages */
  readonly path: string;
  readonly text: string;
  /** What `~` stands for */
  readonly home: string;
}

/**
 * The configuration in a TOML text, over the defaults.
 *
 * Errors: invalid_config with `file:line:column`, the key and what was expected; the first fault only
 * Source: TOML 1.0.0
 */
export function parseConfig(file: ConfigText): Config {
  return withDefaults(parseBy(file));
}

/**
 * What is right in a TOML text, over the defaults; nothing of one that is no TOML. Only for what cannot wait until
 * the file is corrected, and does not depend on what it says about containment.
 */
export function parseWhatIsRight(file: ConfigText): Config {
  try {
    return withDefaults(checkConfig(parseToml(file, textOf(file)), file.home));
  } catch {
    return DEFAULT_CONFIG;
  }
}

/**
 * Refuses words of `yolo.agents` that are no agents; `catalogue` are those that ct knows.
 *
 * Errors: those of {@link parseConfig}
 */
export function refuseStrangers(
  config: Config,
  file: ConfigText,
  catalogue: Iterable<string>,
): void {
  const finding = checkYolo(config, catalogue);
  if (finding !== undefined) throw faultAt(file, locateKey(textOf(file), finding.path), finding, 1);
}

function withDefaults({ values, names }: Pick<CheckedConfig, 'values' | 'names'>): Config {
  return configFrom((path, spec) => values.get(path.join('.')) ?? spec.default, names);
}

function textOf(file: ConfigText): string {
  return file.text.replace(/^\ufeff/u, '');
}

/**
 * A TOML text compared with a schema, that of the configuration unless another is given.
 *
 * Errors: those of {@link parseConfig}
 */
export function parseBy(file: ConfigText, schema?: FileSchema): CheckedConfig {
  const text = textOf(file);
  const checked = checkConfig(parseToml(file, text), file.home, schema);
  const [first] = checked.findings;
  if (first === undefined) return checked;
  throw faultAt(file, locateKey(text, first.path), first, checked.findings.length);
}

function parseToml(file: ConfigText, text: string): ReturnType<typeof parseTomlText> {
  try {
    return parseTomlText(text);
  } catch (thrown) {
    const { line, column } = thrown as Partial<Position>;
    const position = line === undefined || column === undefined ? undefined : { line, column };
    throw faultAt(file, position, { path: [], message: reasonOf(thrown) }, 1);
  }
}

/** The library's message without its picture of the code and its prefix. */
function reasonOf(thrown: unknown): string {
  const [first = ''] = (thrown instanceof Error ? thrown.message : String(thrown)).split('\n');
  return `not valid TOML: ${first.replace(/^Invalid TOML document: /u, '').slice(0, 200)}`;
}

function faultAt(
  file: ConfigText,
  position: Position | undefined,
  finding: Finding,
  count: number,
): CtError {
  const where = position === undefined ? '' : `:${position.line}:${position.column}`;
  const more = count > 1 ? '\nthere are more faults after it' : '';
  return new CtError(
    'invalid_config',
    `${printable(file.path)}${where}: ${printable(finding.message)}`,
    {
      hint: `${finding.hint ?? 'correct the file; nothing was started'}${more}`,
      details: {
        file: file.path,
        ...(position ?? {}),
        ...(finding.path.length > 0 ? { key: finding.path.join('.') } : {}),
      },
    },
  );
}
