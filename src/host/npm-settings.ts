import { readFileSync } from 'node:fs';
import { runProgram, systemPath } from './exec.ts';

/** How npm on this host reaches its registry. */
export interface NpmSettings {
  /** Text of an npmrc that does the same elsewhere. May hold credentials */
  readonly npmrc: string;
  /** Host files with certificate authorities that only npm was told of */
  readonly caFiles: readonly string[];
}

/** Settings that say how to reach a registry; nothing else of the host's npm is taken over. */
const CARRIED = ['registry', 'proxy', 'https-proxy', 'noproxy', 'strict-ssl'];

/**
 * Asks the host's npm, from `/`, so that an `.npmrc` in the project has no say. Without npm there is
 * nothing to carry over but its variables.
 *
 * Source: npmrc(5), npm-config(7)
 */
export async function readNpmSettings(env: NodeJS.ProcessEnv): Promise<NpmSettings> {
  // Asking leaves no traces in the user's home.
  const quiet = { npm_config_update_notifier: 'false', npm_config_logs_max: '0' };
  const npmEnv = { ...env, PATH: systemPath(env['PATH']), ...quiet };
  const command = { program: 'npm', args: ['config', 'list', '--json'], env: npmEnv };
  const result = await runProgram(command, { deadlineMs: 20_000 }).catch(() => undefined);
  const config = result?.exitStatus === 0 ? parseJson(result.stdout) : {};
  const files = [config['globalconfig'], config['userconfig']].filter(isText);
  const credentials = files.flatMap((path) => credentialLines(readText(path), env));
  const caFile = config['cafile'];
  return {
    npmrc: renderNpmrc(config, credentials, env),
    caFiles: isText(caFile) ? [caFile] : [],
  };
}

/** The npmrc for the install container: settings that npm shows, and credentials that it doesn't. */
export function renderNpmrc(
  config: Readonly<Record<string, unknown>>,
  credentials: readonly string[],
  env: NodeJS.ProcessEnv,
): string {
  const carried = { registry: env['npm_config_registry'], ...config };
  const lines = Object.entries(carried).flatMap(([key, value]) => {
    if (!CARRIED.includes(key) && !/^@[\w.~-]+:registry$/u.test(key)) return [];
    const text = Array.isArray(value) ? value.filter((item) => item !== '').join(',') : value;
    const isPlain = typeof text === 'boolean' || (isText(text) && !/[\r\n]/u.test(text));
    return isPlain && text !== '' ? [`${key}=${String(text)}`] : [];
  });
  // Lock files and metadata name the public registry: a mirror must be asked instead.
  return [...lines, 'replace-registry-host=npmjs', ...credentials, ''].join('\n');
}

/** `//host/:_authToken=…` lines of an npmrc, with `${VARIABLE}` filled in as npm does. */
export function credentialLines(text: string, env: NodeJS.ProcessEnv): readonly string[] {
  return text
    .split(/\r?\n/u)
    .map((line) => line.trim())
    .filter((line) => /^\/\/[^=]+:(?:_authToken|_auth|_password|username|email)\s*=/u.test(line))
    .map((line) => line.replace(/\$\{(\w+)\}/gu, (hole, name: string) => env[name] ?? hole));
}

function parseJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
