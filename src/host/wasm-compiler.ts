import { setFlagsFromString } from 'node:v8';

/** Known to understand the flags below; another V8 would complain on standard error. */
const KNOWN_MAJORS = new Set(['20', '22', '24']);

/** V8's quick compiler alone, and what holds without them. */
const LIGHT = ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
const USUAL = ['--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering'];

/** How far it is: the flags are set once, and put back once. */
let flags: 'of the start' | 'light' | 'put back' = 'of the start';

/**
 * Has WebAssembly compiled once and quickly from here on. The HTTP parser is one large function in
 * WebAssembly that sees a few kilobytes in a run; optimising it costs two processors fifty milliseconds
 * while the engine works on the same ones (docs/adr/0004).
 *
 * Source: v8 flag-definitions.h; measured on Node 20.20
 */
export function compileWasmLightly(): void {
  const [major = ''] = process.versions.node.split('.', 1);
  if (flags !== 'of the start' || !KNOWN_MAJORS.has(major)) return;
  flags = 'light';
  LIGHT.forEach(setFlagsFromString);
}

/**
 * Puts the flags back: when the parser has seen its first answer (V8 compiles a function when it is called first), and
 * before compiled code is kept. Under other flags V8 refuses the code of its cache, of parts that are loaded later too.
 */
export function wasmIsCompiled(): void {
  if (flags !== 'light') return;
  flags = 'put back';
  USUAL.forEach(setFlagsFromString);
}
