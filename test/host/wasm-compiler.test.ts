import { spawnSync } from 'node:child_process';
import { cachedDataVersionTag } from 'node:v8';
import { describe, expect, it } from 'vitest';
import { compileWasmLightly, wasmIsCompiled } from '../../src/host/wasm-compiler.ts';

/** The smallest module that exports a function: it answers 42. */
const MODULE = Buffer.from(
  '0061736d010000000105016000017f03020100070501016600000a06010400412a0b',
  'hex',
);

/** What Node has and the types of this project leave out. */
const wasm = (
  globalThis as unknown as {
    WebAssembly: {
      Module: new (bytes: Buffer) => object;
      Instance: new (module: object) => { exports: { f: () => number } };
    };
  }
).WebAssembly;

describe('compileWasmLightly', () => {
  it('leaves WebAssembly working, before and after the flags are put back', () => {
    const answer = () => new wasm.Instance(new wasm.Module(MODULE)).exports.f();
    const usual = cachedDataVersionTag();
    compileWasmLightly();
    expect(cachedDataVersionTag()).not.toBe(usual);
    expect(answer()).toBe(42);
    wasmIsCompiled();
    // From here on V8 takes the code that it has kept.
    expect(cachedDataVersionTag()).toBe(usual);
    expect(answer()).toBe(42);
    compileWasmLightly();
    expect(cachedDataVersionTag()).toBe(usual);
  });

  it('uses flags that this Node knows: a word on standard error would be seen in every run', () => {
    const flags = ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
    const script = `const v8 = require('node:v8'); ${JSON.stringify(flags)}.forEach(v8.setFlagsFromString)`;
    const { stderr, stdout } = spawnSync(process.execPath, ['-e', script], { encoding: 'utf8' });
    expect([stdout, stderr]).toEqual(['', '']);
  });
});
