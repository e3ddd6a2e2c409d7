import { CtError, isCtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { parseDotenv } from '../secrets/dotenv.ts';
import { checkedName } from '../secrets/names.ts';
import type { Secret } from '../secrets/secret.ts';
import { secretFrom } from '../secrets/value.ts';
import { readFromCommand } from './command-source.ts';
import { registerSecret } from './known.ts';
import { readPrivateFile } from './private-file.ts';
import { readStore, storePath } from './store.ts';
import { readProjectEnv } from './trust.ts';

/** Where secrets are looked for. */
export interface SecretHost {
  readonly env: NodeJS.ProcessEnv;
  readonly paths: { readonly configDir: string; readonly stateDir: string };
  readonly projectDir: string;
  /** `[secrets.NAME]` of the configuration; empty values are not set */
  readonly settings: Readonly<Record<string, SecretSettings>>;
}

/** Where one secret comes from, if the user said so. */
export interface SecretSettings {
  readonly command: readonly string[];
  readonly file: string;
  readonly env: string;
  /** Of the command, `s` */
  readonly timeout: number;
}

/** Kinds of source, in the order in which they are asked. */
export const SOURCE_ORDER = [
  'setting',
  'environment',
  'file-variable',
  'project-env',
  'store',
  'user-env',
] as const;

/** One of {@link SOURCE_ORDER}. */
export type SourceKind = (typeof SOURCE_ORDER)[number];

/** A place that has, or had, a secret. */
export interface Source {
  readonly kind: SourceKind;
  /** For people: a path, a variable, a program; never a value */
  readonly where: string;
  /** Why it does not count, though it is there */
  readonly ignored?: string;
  /** The bytes; a command is not run before. Errors: those of the source */
  read(signal?: AbortSignal): Buffer | Promise<Buffer>;
}

/**
 * Places that have a secret of this name, in the order of precedence: the first that is not ignored is
 * used. What the configuration names stands alone: if that fails, nothing else steps in.
 *
 * Errors: permission_denied for a file that others can get at; invalid_config
 */
export function sourcesOf(name: string, host: SecretHost): readonly Source[] {
  checkedName(name);
  const setting = settingSource(name, host);
  const found: (Source | undefined)[] = [
    setting,
    variableSource(name, host.env),
    fileVariableSource(name, host.env),
    projectEnvSource(name, host),
    storeSource(name, host),
    userEnvSource(name, host),
  ];
  const sources = found.filter((source) => source !== undefined);
  if (setting === undefined) return sources;
  const ignored = `[secrets.${name}] says where it comes from`;
  return sources.map((source) => (source === setting ? source : { ...source, ignored }));
}

/** The first source that counts. */
export function usedSource(sources: readonly Source[]): Source | undefined {
  return sources.find(({ ignored }) => ignored === undefined);
}

/**
 * Reads a secret; `undefined` when no source has it. The value is masked in all that ct says from here on.
 *
 * Errors: those of the source, invalid_argument for a value that cannot be delivered; never with the value
 */
export async function readSecret(
  name: string,
  host: SecretHost,
  signal?: AbortSignal,
): Promise<Secret | undefined> {
  const source = usedSource(sourcesOf(name, host));
  if (source === undefined) return undefined;
  const bytes = await source.read(signal);
  try {
    return registerSecret(secretFrom(name, bytes));
  } catch (thrown) {
    if (!isCtError(thrown)) throw thrown;
    throw new CtError(thrown.code, `${thrown.message} (from ${printable(source.where)})`, {
      details: thrown.details,
    });
  }
}

function settingSource(name: string, host: SecretHost): Source | undefined {
  const setting = Object.hasOwn(host.settings, name) ? host.settings[name] : undefined;
  if (setting === undefined) return undefined;
  const { command, file, env, timeout } = setting;
  const program = command[0];
  if (program !== undefined) {
    const wish = { argv: command, deadlineMs: timeout * 1000 };
    return {
      kind: 'setting',
      where: `command ${program}`,
      read: (signal) => readFromCommand(name, wish, host.env, signal),
    };
  }
  if (file !== '') return { kind: 'setting', where: file, read: () => readKeyFile(name, file) };
  if (env === '') return undefined;
  const read = (): Buffer => {
    const value = host.env[env];
    if (value !== undefined && value !== '') return Buffer.from(value);
    throw new CtError('not_found', `${name}: the variable ${env} is not set`, {
      hint: `[secrets.${name}] in config.toml names it`,
    });
  };
  return { kind: 'setting', where: `variable ${env}`, read };
}

function variableSource(name: string, env: NodeJS.ProcessEnv): Source | undefined {
  const value = env[name];
  if (value === undefined || value === '') return undefined;
  return { kind: 'environment', where: `variable ${name}`, read: () => Buffer.from(value) };
}

/** Many programs take `NAME_FILE`; most agents do not, so ct does it for them. */
function fileVariableSource(name: string, env: NodeJS.ProcessEnv): Source | undefined {
  const path = env[`${name}_FILE`];
  if (path === undefined || path === '') return undefined;
  const where = `${path} (variable ${name}_FILE)`;
  return { kind: 'file-variable', where, read: () => readKeyFile(name, path) };
}

function readKeyFile(name: string, path: string): Buffer {
  const bytes = readPrivateFile(path, 'private');
  if (bytes !== undefined) return bytes;
  throw new CtError('not_found', `${name}: there is no file ${printable(path)}`, {
    hint: `make it, or take away what names it ('ct secrets show-sources ${name}')`,
  });
}

function projectEnvSource(name: string, host: SecretHost): Source | undefined {
  const file = readProjectEnv(host.projectDir, host.paths.stateDir);
  const value = file === undefined ? undefined : dotenvValue(file.bytes, name);
  if (file === undefined || value === undefined) return undefined;
  const why = file.hasChanged
    ? 'it has changed since you trusted it'
    : 'you did not trust it so far';
  return {
    kind: 'project-env',
    where: file.path,
    ...(file.isTrusted ? {} : { ignored: `${why}: 'ct secrets trust'` }),
    read: () => value,
  };
}

function storeSource(name: string, host: SecretHost): Source | undefined {
  const value = readStore(host.paths).get(name);
  if (value === undefined) return undefined;
  return { kind: 'store', where: storePath(host.paths), read: () => value };
}

function userEnvSource(name: string, host: SecretHost): Source | undefined {
  const path = `${host.paths.configDir}/.env`;
  const bytes = readPrivateFile(path, 'private');
  const value = bytes === undefined ? undefined : dotenvValue(bytes, name);
  return value === undefined ? undefined : { kind: 'user-env', where: path, read: () => value };
}

function dotenvValue(bytes: Buffer, name: string): Buffer | undefined {
  const value = parseDotenv(bytes.toString('utf8')).get(name);
  return value === undefined || value.length === 0 ? undefined : value;
}
