import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadWithCodeCache } from '../src/code-cache.ts';

const load = (command: string) => loadWithCodeCache(file, command, createRequire(file));

// Within one process V8 remembers what it compiled and would not look at the cache at all.
setFlagsFromString('--no-compilation-cache');

const flags = process.execArgv;

let dir: string;
let file: string;
const caches = (): string[] => readdirSync(join(dir, 'ct/compile'));

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-code-'));
  file = join(dir, 'bundle.cjs');
  writeBundle('exports.add = (a, b) => a + b; exports.dir = __dirname;');
  vi.stubEnv('XDG_CACHE_HOME', dir);
  process.execArgv = [];
});
afterEach(() => {
  process.execArgv = flags;
  vi.unstubAllEnvs();
  rmSync(dir, { recursive: true });
});

function writeBundle(body: string): void {
  writeFileSync(file, `(function(exports,require,module,__filename,__dirname){${body}})`);
}

/** A bundle of two parts, the second of which adds. */
function writeParts(): void {
  const sum = '(function(exports,require,module){module.exports={sum:(a,b)=>a+b}})';
  writeFileSync(join(dir, 'part.cjs'), sum);
  writeBundle(
    "module.parts = () => ['./part.cjs']; module.loaded = (part) => part ? ['./sum.js'] : [];" +
      "exports.add = (a, b) => require('./part.cjs').sum(a, b);",
  );
}

interface Bundle {
  add(a: number, b: number): number;
  dir: string;
}

describe('loadWithCodeCache', () => {
  it('evaluates the same with and without a cache', () => {
    const first = load('run');
    first.keep();
    const second = load('run');
    for (const { exports } of [first, second]) {
      expect((exports as Bundle).add(2, 3)).toBe(5);
      expect((exports as Bundle).dir).toBe(dir);
    }
    expect(caches()).toHaveLength(1);
  });

  it('takes away what was kept a month ago', () => {
    load('run').keep();
    const [old = ''] = caches();
    const then = new Date(Date.now() - 31 * 24 * 3600_000);
    utimesSync(join(dir, 'ct/compile', old), then, then);
    load('exec').keep();
    expect(caches()).toHaveLength(1);
    expect(caches()).not.toContain(old);
  });

  it('keeps one for each command, and for each engine that is named', () => {
    load('run').keep();
    load('exec').keep();
    vi.stubEnv('CT_ENGINE', 'containerd');
    load('run').keep();
    vi.stubEnv('CT_ENGINE', '../../evil');
    load('run').keep();
    expect(caches().map((name) => name.replace(/^.*?-v.*?-.*?-/u, ''))).toEqual(
      expect.arrayContaining(['exec', 'run', 'run-containerd']),
    );
    expect(caches()).toHaveLength(3);
  });

  it('keeps it private', () => {
    load('run').keep();
    expect(statSync(join(dir, 'ct/compile')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'ct/compile', caches()[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('does not believe one that others could have written', () => {
    load('run').keep();
    chmodSync(join(dir, 'ct/compile', caches()[0] ?? ''), 0o666);
    const untrusted = load('run');
    untrusted.keep();
    expect(statSync(join(dir, 'ct/compile', caches()[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('replaces one that V8 refuses', () => {
    load('run').keep();
    const path = join(dir, 'ct/compile', caches()[0] ?? '');
    writeFileSync(path, 'garbage', { mode: 0o600 });
    const { exports, keep } = load('run');
    expect((exports as Bundle).add(1, 1)).toBe(2);
    keep();
    expect(statSync(path).size).toBeGreaterThan('garbage'.length);
  });

  it('grows with the modules that are used, and is left alone when it has them', () => {
    const path = (): string => join(dir, 'ct/compile', caches()[0] ?? '');
    const functions = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}: () => [1, 2].map(String)`);
    const loaded = 'const used = []; module.loaded = () => used;';
    const use = 'exports.use = (name) => { used.push(name); all[name]() };';
    writeBundle(`${loaded} const all = { ${functions.join(', ')} }; ${use}`);
    const start = (...names: readonly string[]): number => {
      const { exports, keep } = load('run');
      for (const name of names) (exports as { use(name: string): void }).use(name);
      keep();
      return statSync(path()).ino;
    };
    const first = start('a');
    expect(start('b')).toBe(first);
    const small = statSync(path()).size;
    const second = start('a', 'b', 'c', 'd', 'e');
    expect(statSync(path()).size).toBeGreaterThan(small);
    const third = start('a', 'b');
    expect([first === second, third]).toEqual([false, second]);
  });

  it('is kept once: after a session V8 has dropped what the start had compiled', () => {
    const { keep } = load('run');
    keep();
    const [name = ''] = caches();
    rmSync(join(dir, 'ct/compile', name));
    keep();
    expect(caches()).toEqual([]);
  });

  it('loads a part when it is asked for, once, and keeps its code by itself', () => {
    writeParts();
    for (const files of [2, 2]) {
      const { exports, keep } = load('run');
      const { add } = exports as Bundle;
      expect([add(1, 2), add(3, 4)]).toEqual([3, 7]);
      keep();
      expect(caches()).toHaveLength(files);
    }
    const unused = load('exec');
    unused.keep();
    expect(caches()).toHaveLength(3);
  });

  it('needs no file any more once it is held', () => {
    writeParts();
    const { exports, hold } = load('run');
    hold();
    rmSync(file);
    rmSync(join(dir, 'part.cjs'));
    expect((exports as Bundle).add(1, 2)).toBe(3);
  });

  it('takes no code that was kept of a later file of the same name and length', () => {
    writeParts();
    const held = load('run');
    held.hold();
    const path = join(dir, 'part.cjs');
    writeFileSync(path, readFileSync(path, 'utf8').replace('a+b', 'a*b'));
    const later = load('run');
    expect((later.exports as Bundle).add(2, 3)).toBe(6);
    later.keep();
    expect((held.exports as Bundle).add(2, 3)).toBe(5);
    held.keep();
    expect((load('run').exports as Bundle).add(2, 3)).toBe(6);
  });

  it('says which file is gone when it was not held', () => {
    writeParts();
    const { exports, hold } = load('run');
    rmSync(join(dir, 'part.cjs'));
    hold();
    expect(() => (exports as Bundle).add(1, 2)).toThrow('part.cjs');
  });

  it('replaces one that ends in nonsense', () => {
    load('run').keep();
    const path = join(dir, 'ct/compile', caches()[0] ?? '');
    writeFileSync(path, Buffer.alloc(100, 0xff), { mode: 0o600 });
    const { exports, keep } = load('run');
    expect((exports as Bundle).add(1, 1)).toBe(2);
    keep();
    expect(statSync(path).size).not.toBe(100);
  });

  it('does not mistake a new bundle for the old one', () => {
    load('run').keep();
    writeBundle('exports.add = (a, b) => a * b; exports.dir = __dirname;');
    const { exports } = load('run');
    expect((exports as Bundle).add(2, 3)).toBe(6);
  });

  it('keeps one for each set of flags, whose code the others could not use', () => {
    for (const set of [
      [],
      ['--max-semi-space-size=1'],
      ['--title', 'a/b', '-r', 'x'.repeat(300)],
    ]) {
      process.execArgv = set;
      load('exec').keep();
      load('exec').keep();
    }
    const names = caches().sort();
    expect(names).toHaveLength(3);
    expect(names.join('\n')).toMatch(/-maxsemispacesize=1-exec$/mu);
  });

  it('works where nothing can be kept', () => {
    vi.stubEnv('XDG_CACHE_HOME', file);
    const { exports, keep } = load('run');
    keep();
    expect((exports as Bundle).add(2, 2)).toBe(4);
  });
});
