import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { runProgram, systemPath } from './exec.ts';
import { writeFileAtomic } from './files.ts';
import { readAptUris } from './mirrors.ts';
import {
  cargoAddresses,
  npmAddresses,
  pipAddresses,
  registryOf,
  type Registry,
} from './registry-settings.ts';

/** Asking npm and pip takes a second; their answers hold until a file or a variable of theirs changes. */
const MAX_AGE_MS = 24 * 3600_000;
const DEADLINE_MS = 20_000;

interface Remembered {
  readonly stamp: string;
  readonly timeMs: number;
  readonly list: readonly Registry[];
}

/**
 * Where this host's own npm, pip, cargo and apt are configured to get packages from; never with
 * credentials. A tool that is not there has no say. What the tools said is remembered in the state
 * directory, since they are slow to ask.
 */
export async function readRegistries(
  env: NodeJS.ProcessEnv,
  home: string,
  stateDir: string,
): Promise<readonly Registry[]> {
  const path = `${stateDir}/registries.json`;
  const stamp = stampOf(env, home);
  const known = recall(path);
  if (known?.stamp === stamp && Math.abs(Date.now() - known.timeMs) < MAX_AGE_MS) return known.list;
  const list = await askAll(env, home);
  try {
    const remembered: Remembered = { stamp, timeMs: Date.now(), list };
    writeFileAtomic(path, `${JSON.stringify(remembered)}\n`);
  } catch {
    // A state directory that cannot be written to costs the second again, and nothing else.
  }
  return list;
}

async function askAll(env: NodeJS.ProcessEnv, home: string): Promise<readonly Registry[]> {
  const [npm, pipList, pipHelp] = await Promise.all([
    ask(env, 'npm', ['config', 'list', '--json']),
    ask(env, 'pip3', ['config', 'list']),
    ask(env, 'pip3', ['help', 'install']),
  ]);
  const byTool: Readonly<Record<string, readonly string[]>> = {
    npm: npmAddresses(npm),
    pip: pipAddresses(pipList, pipHelp),
    cargo: [
      ...cargoFiles(env, home).flatMap((file) => cargoAddresses(readText(file))),
      ...Object.entries(env).flatMap(([name, value]) =>
        /^CARGO_REGISTRIES_\w+_INDEX$/u.test(name) ? (value ?? []) : [],
      ),
    ],
    apt: readAptUris(),
  };
  const all = Object.entries(byTool).flatMap(([tool, addresses]) =>
    addresses.flatMap((address) => registryOf(tool, address) ?? []),
  );
  return [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
}

/** What a tool says; nothing when it is not there or fails. Asked in `/`: the project has no say. */
async function ask(
  env: NodeJS.ProcessEnv,
  program: string,
  args: readonly string[],
): Promise<string> {
  const quiet = {
    ...{ npm_config_update_notifier: 'false', npm_config_logs_max: '0', LC_ALL: 'C.UTF-8' },
    ...{ PIP_DISABLE_PIP_VERSION_CHECK: '1', COLUMNS: '200' },
  };
  const command = {
    ...{ program, args, cwd: '/' },
    env: { ...env, PATH: systemPath(env['PATH']), ...quiet },
  };
  const result = await runProgram(command, { deadlineMs: DEADLINE_MS }).catch(() => undefined);
  return result?.exitStatus === 0 ? result.stdout : '';
}

/** Everything that the tools' answers come from, as far as it can be looked at cheaply. */
function stampOf(env: NodeJS.ProcessEnv, home: string): string {
  const variables = Object.entries(env)
    .filter(([name]) => /^(?:npm_config_|pip_|cargo_|PATH$|HOME$)/iu.test(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const files = [
    ...[`${home}/.npmrc`, '/etc/npmrc', '/usr/etc/npmrc', '/usr/local/etc/npmrc'],
    ...['/etc/pip.conf', `${home}/.pip/pip.conf`],
    ...configDirs(env, home).map((dir) => `${dir}/pip/pip.conf`),
    ...cargoFiles(env, home),
    ...['/etc/apt/sources.list', '/etc/apt/sources.list.d'],
    ...['/usr/bin/npm', '/usr/bin/pip3'],
  ];
  return createHash('sha256')
    .update(JSON.stringify([variables, files.flatMap(stampOfFile)]))
    .digest('hex');
}

/** Where pip looks for its files; another place without one changes nothing. Source: XDG Base Directory */
function configDirs(env: NodeJS.ProcessEnv, home: string): readonly string[] {
  const { XDG_CONFIG_HOME: own, XDG_CONFIG_DIRS: others } = env;
  return [own || `${home}/.config`, ...(others || '/etc/xdg').split(':')];
}

function cargoFiles(env: NodeJS.ProcessEnv, home: string): readonly string[] {
  const dir = env['CARGO_HOME'] ?? `${home}/.cargo`;
  return [`${dir}/config.toml`, `${dir}/config`];
}

function stampOfFile(path: string): readonly unknown[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? [] : [path, stat.size, stat.mtimeMs, stat.ino];
}

function recall(path: string): Remembered | undefined {
  try {
    const value = JSON.parse(readText(path)) as Partial<Remembered> | null;
    const isWhole =
      typeof value?.stamp === 'string' &&
      typeof value.timeMs === 'number' &&
      Array.isArray(value.list) &&
      value.list.every(isRegistry);
    return isWhole ? (value as Remembered) : undefined;
  } catch {
    return undefined;
  }
}

function isRegistry(value: unknown): boolean {
  const { tool, host, port } = (value ?? {}) as Partial<Record<keyof Registry, unknown>>;
  return typeof tool === 'string' && typeof host === 'string' && Number.isInteger(port);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
