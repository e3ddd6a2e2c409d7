import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** A bundle that was evaluated. */
export interface LoadedCode<Exports> {
  readonly exports: Exports;
  /** Writes the compiled code for the next start, unless that has it already; call it before leaving */
  keep(): void;
}

/**
 * Evaluates a bundle with V8's compiled code from an earlier start: half of what `ct run` does before its
 * first request is compiling. Node has this built in from 22.8 on only, and Debian 13 ships 20; this works on
 * all. The file is the text of one function of CommonJS's five names, as setup/pack.mjs makes it.
 *
 * Cached code is code, so it lies in a directory that nobody else can write to, under a name that
 * holds the bundle's file and time, Node's version, the command and the engine (each needs other functions); no
 * hash, since to load Node's cryptography takes longer than the rest of this file. V8 itself checks version and flags
 * and refuses what does not fit. It grows with what is used: who begins with `ct run --dry-run` would else compile
 * the engine's part at every start from then on.
 *
 * Source: node.js vm.Script cachedData, v8 code caching
 */
export function loadWithCodeCache(file: string, command: string): LoadedCode<unknown> {
  const cachePath = cachePathFor(file, command);
  const { code: cachedData, modules } = readCache(cachePath);
  const script = new Script(
    readFileSync(file, 'latin1'),
    cachedData === undefined ? { filename: file } : { filename: file, cachedData },
  );
  // A packed bundle puts there which of its modules were asked for, see setup/pack.mjs.
  const module = { exports: {}, loaded: (): readonly string[] => [] };
  const evaluate = script.runInThisContext() as (...parts: unknown[]) => void;
  evaluate(module.exports, createRequire(file), module, file, dirname(file));
  const isGood = cachedData !== undefined && script.cachedDataRejected !== true;
  return {
    exports: module.exports,
    keep: () => {
      const used = module.loaded();
      const fresh = used.filter((name) => !modules.has(name));
      if (cachePath === undefined || (isGood && fresh.length < WORTH_WRITING)) return;
      const all = isGood ? [...modules, ...fresh] : used;
      writeCache(cachePath, script.createCachedData(), all);
    },
  };
}

/** Writing takes as long as compiling a few modules. */
const WORTH_WRITING = 4;

/** Commands that are worth a cache of their own. */
const COMMANDS = new Set(['attach', 'exec', 'ps', 'run', 'shell', 'stop']);

/** What an engine needs is compiled with it: an account that uses both has a cache for each. */
const ENGINES = new Set(['containerd', 'podman']);

/** `undefined` where no directory of the user's own is to be had. */
function cachePathFor(file: string, command: string): string | undefined {
  const { XDG_CACHE_HOME: named, HOME: home, CT_ENGINE: engine = '' } = process.env;
  const base = named?.startsWith('/')
    ? named
    : home?.startsWith('/')
      ? `${home}/.cache`
      : undefined;
  if (base === undefined) return undefined;
  try {
    const { dev, ino, size, mtimeMs } = statSync(file);
    const bundle = [dev, ino, size, mtimeMs].join('.');
    const node = [process.version, process.arch, flagsInName(process.execArgv)].join('-');
    const used = COMMANDS.has(command) ? command : 'other';
    const engines = ENGINES.has(engine) ? `-${engine}` : '';
    return `${base}/ct/compile/${bundle}-${node}${used}${engines}`;
  } catch {
    return undefined;
  }
}

/**
 * V8 refuses code that was compiled under other flags: each set has its own, or they would take turns. (So would
 * those that look the same here.)
 */
function flagsInName(flags: readonly string[]): string {
  return flags
    .map((flag) => `${flag.replaceAll(/[^\w.=]/gu, '')}-`)
    .join('')
    .slice(0, 100);
}

/** Compiled code, and the names of the modules that had been asked for when it was kept. */
interface Cache {
  readonly code?: Buffer;
  readonly modules: ReadonlySet<string>;
}

/** V8's data, the names as JSON, and their length: V8 wants its own at the beginning, for the sake of alignment. */
function readCache(path: string | undefined): Cache {
  try {
    if (path === undefined || !isOurs(dirname(path)) || !isOurs(path)) return NO_CACHE;
    const bytes = readFileSync(path);
    const end = bytes.length - LENGTH_BYTES;
    const begin = end - bytes.readUInt32LE(end);
    const names = JSON.parse(bytes.toString('utf8', begin, end)) as string[];
    return { code: bytes.subarray(0, begin), modules: new Set(names) };
  } catch {
    return NO_CACHE;
  }
}

const NO_CACHE: Cache = { modules: new Set() };
const LENGTH_BYTES = 4;

/** A read-only or full home costs milliseconds, nothing else. */
function writeCache(path: string, code: Buffer, modules: readonly string[]): void {
  const temporary = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!isOurs(dirname(path))) return;
    const names = Buffer.from(JSON.stringify(modules));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(names.length);
    const data = Buffer.concat([code, names, length]);
    writeFileSync(temporary, data, { flag: 'wx', mode: 0o600 });
    renameSync(temporary, path);
    dropOld(dirname(path));
  } catch {
    try {
      rmSync(temporary, { force: true });
    } catch {
      // There was no directory to leave anything in.
    }
  }
}

/** Nobody comes back to the code of an earlier version; one in use is as quickly made again, `ms` */
const OLD_MS = 30 * 24 * 3600_000;

function dropOld(directory: string): void {
  for (const name of readdirSync(directory)) {
    const path = `${directory}/${name}`;
    if (Date.now() - lstatSync(path).mtimeMs > OLD_MS) rmSync(path, { force: true });
  }
}

/** Neither a link, nor somebody else's, nor open to others. */
function isOurs(path: string): boolean {
  const stat = lstatSync(path);
  return !stat.isSymbolicLink() && stat.uid === process.getuid?.() && (stat.mode & 0o022) === 0;
}
