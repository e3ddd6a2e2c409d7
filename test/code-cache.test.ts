import {
  chmodSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadWithCodeCache } from '../src/code-cache.ts';

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

interface Bundle {
  add(a: number, b: number): number;
  dir: string;
}

describe('loadWithCodeCache', () => {
  it('evaluates the same with and without a cache', () => {
    const first = loadWithCodeCache(file, 'run');
    first.keep();
    const second = loadWithCodeCache(file, 'run');
    for (const { exports } of [first, second]) {
      expect((exports as Bundle).add(2, 3)).toBe(5);
      expect((exports as Bundle).dir).toBe(dir);
    }
    expect(caches()).toHaveLength(1);
  });

  it('takes away what was kept a month ago', () => {
    loadWithCodeCache(file, 'run').keep();
    const [old = ''] = caches();
    const then = new Date(Date.now() - 31 * 24 * 3600_000);
    utimesSync(join(dir, 'ct/compile', old), then, then);
    loadWithCodeCache(file, 'exec').keep();
    expect(caches()).toHaveLength(1);
    expect(caches()).not.toContain(old);
  });

  it('keeps one for each command, and for each engine that is named', () => {
    loadWithCodeCache(file, 'run').keep();
    loadWithCodeCache(file, 'exec').keep();
    vi.stubEnv('CT_ENGINE', 'containerd');
    loadWithCodeCache(file, 'run').keep();
    vi.stubEnv('CT_ENGINE', '../../evil');
    loadWithCodeCache(file, 'run').keep();
    expect(caches().map((name) => name.replace(/^.*?-v.*?-.*?-/u, ''))).toEqual(
      expect.arrayContaining(['exec', 'run', 'run-containerd']),
    );
    expect(caches()).toHaveLength(3);
  });

  it('keeps it private', () => {
    loadWithCodeCache(file, 'run').keep();
    expect(statSync(join(dir, 'ct/compile')).mode & 0o777).toBe(0o700);
    expect(statSync(join(dir, 'ct/compile', caches()[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('does not believe one that others could have written', () => {
    loadWithCodeCache(file, 'run').keep();
    chmodSync(join(dir, 'ct/compile', caches()[0] ?? ''), 0o666);
    const untrusted = loadWithCodeCache(file, 'run');
    untrusted.keep();
    expect(statSync(join(dir, 'ct/compile', caches()[0] ?? '')).mode & 0o777).toBe(0o600);
  });

  it('replaces one that V8 refuses', () => {
    loadWithCodeCache(file, 'run').keep();
    const path = join(dir, 'ct/compile', caches()[0] ?? '');
    writeFileSync(path, 'garbage', { mode: 0o600 });
    const { exports, keep } = loadWithCodeCache(file, 'run');
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
      const { exports, keep } = loadWithCodeCache(file, 'run');
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

  it('replaces one that ends in nonsense', () => {
    loadWithCodeCache(file, 'run').keep();
    const path = join(dir, 'ct/compile', caches()[0] ?? '');
    writeFileSync(path, Buffer.alloc(100, 0xff), { mode: 0o600 });
    const { exports, keep } = loadWithCodeCache(file, 'run');
    expect((exports as Bundle).add(1, 1)).toBe(2);
    keep();
    expect(statSync(path).size).not.toBe(100);
  });

  it('does not mistake a new bundle for the old one', () => {
    loadWithCodeCache(file, 'run').keep();
    writeBundle('exports.add = (a, b) => a * b; exports.dir = __dirname;');
    const { exports } = loadWithCodeCache(file, 'run');
    expect((exports as Bundle).add(2, 3)).toBe(6);
  });

  it('keeps one for each set of flags, whose code the others could not use', () => {
    for (const set of [
      [],
      ['--max-semi-space-size=1'],
      ['--title', 'a/b', '-r', 'x'.repeat(300)],
    ]) {
      process.execArgv = set;
      loadWithCodeCache(file, 'exec').keep();
      loadWithCodeCache(file, 'exec').keep();
    }
    const names = caches().sort();
    expect(names).toHaveLength(3);
    expect(names.join('\n')).toMatch(/-maxsemispacesize=1-exec$/mu);
  });

  it('works where nothing can be kept', () => {
    vi.stubEnv('XDG_CACHE_HOME', file);
    const { exports, keep } = loadWithCodeCache(file, 'run');
    keep();
    expect((exports as Bundle).add(2, 2)).toBe(4);
  });
});
