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
import { dirname } from 'node:path';
import { Script } from 'node:vm';

/** A bundle that was evaluated. */
export interface LoadedCode<Exports> {
  readonly exports: Exports;
  /** Reads the parts that nobody asked for: from here on, this process needs no file of the bundle */
  hold(): void;
  /**
   * Writes the compiled code for the next start, unless that has it already; the first call does, any other nothing.
   * V8 drops the code of functions that nobody has called for a while: after a session most of a start's is gone
   */
  keep(): void;
}

/** What a bundle has of CommonJS's `module`, and puts there about itself, see setup/pack.mjs. */
interface BundleModule {
  exports: unknown;
  /** Ids of the modules of a part that were asked for; of the first one without its id */
  loaded: (part?: string) => readonly string[];
  /** Ids of the other parts */
  parts: () => readonly string[];
}

/**
 * Evaluates a bundle with V8's compiled code from an earlier start: half of what `ct run` does before its
 * first request is compiling. Node has this built in from 22.8 on only, and Debian 13 ships 20; this works on
 * all. A file is the text of one function of CommonJS's five names, as setup/pack.mjs makes it. What it requires as
 * `./NAME` is another part of the bundle, beside it, and is loaded in the same way when it is asked for; all else is
 * asked of `require`, since to have Node make one for the file loads more of Node than this does.
 *
 * Cached code is code, so it lies in a directory that nobody else can write to, under a name that
 * holds the file and its time, Node's version, the command and the engine (each needs other functions); no
 * hash, since to load Node's cryptography takes longer than the rest of this file. V8 itself checks version and flags
 * and refuses what does not fit. It grows with what is used: who begins with `ct run --dry-run` would else compile
 * the engine's part at every start from then on.
 *
 * Source: node.js vm.Script cachedData, v8 code caching
 */
export function loadWithCodeCache(
  file: string,
  command: string,
  require: (id: string) => unknown,
): LoadedCode<unknown> {
  const module: BundleModule = { exports: {}, loaded: () => [], parts: () => [] };
  const others = new Map<string, Evaluated>();
  const held = new Map<string, Source>();
  const read = (id: string): Source => readSource(`${dirname(file)}/${id.slice(2)}`, command);
  const own = (id: string): unknown => {
    if (!id.startsWith('./')) return require(id);
    const part = others.get(id) ?? evaluate(held.get(id) ?? read(id), own, { exports: {} });
    others.set(id, part);
    held.delete(id);
    return part.module.exports;
  };
  const first = evaluate(readSource(file, command), own, module);
  let isKept = false;
  return {
    exports: module.exports,
    hold: () => {
      try {
        for (const id of module.parts()) if (!others.has(id)) held.set(id, read(id));
      } catch {
        // An upgrade came before: whoever needs the part says that it is gone.
      }
    },
    keep: () => {
      if (isKept) return;
      isKept = true;
      first.keep(module.loaded());
      for (const [id, part] of others) part.keep(module.loaded(id));
    },
  };
}

/** A file as it was read, and where its compiled code is kept: that of a later file of its name is another's. */
interface Source {
  readonly path: string;
  readonly text: string;
  readonly cachePath: string | undefined;
}

function readSource(path: string, command: string): Source {
  return { path, cachePath: cachePathFor(path, command), text: readFileSync(path, 'latin1') };
}

/** A file that was evaluated. */
interface Evaluated {
  readonly module: { readonly exports: unknown };
  /** Writes its compiled code, when `used` names enough modules that were not there */
  keep(used: readonly string[]): void;
}

function evaluate(
  { path, text, cachePath }: Source,
  require: (id: string) => unknown,
  module: { exports: unknown },
): Evaluated {
  const { code: cachedData, modules } = readCache(cachePath);
  const script = new Script(
    text,
    cachedData === undefined ? { filename: path } : { filename: path, cachedData },
  );
  const run = script.runInThisContext() as (...names: unknown[]) => void;
  run(module.exports, require, module, path, dirname(path));
  const isGood = cachedData !== undefined && script.cachedDataRejected !== true;
  return {
    module,
    keep: (used) => {
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
  const next = `${path}.${process.pid}`;
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    if (!isOurs(dirname(path))) return;
    const names = Buffer.from(JSON.stringify(modules));
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt32LE(names.length);
    const data = Buffer.concat([code, names, length]);
    writeFileSync(next, data, { flag: 'wx', mode: 0o600 });
    renameSync(next, path);
    dropOld(dirname(path));
  } catch {
    try {
      rmSync(next, { force: true });
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
