import { setFlagsFromString } from 'node:v8';
import { beforeLeaving } from './leaving.ts';

/** Known to understand the flags below; another V8 would complain on standard error. */
const KNOWN_MAJORS = new Set(['20', '22', '24']);

/** V8's quick compiler alone, and what holds without them. */
const LIGHT = ['--liftoff-only', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'];
const USUAL = ['--no-liftoff-only', '--wasm-tier-up', '--wasm-dynamic-tiering'];

let isLight = false;

/**
 * Has WebAssembly compiled once and quickly from here on. The HTTP parser is one large function in
 * WebAssembly that sees a few kilobytes in a run; optimising it costs two processors fifty milliseconds
 * while the engine works on the same ones (docs/adr/0004).
 *
 * The flags are put back before the process leaves: V8 refuses code of its cache that was kept under
 * other flags.
 *
 * Source: v8 flag-definitions.h; measured on Node 20.20
 */
export function compileWasmLightly(): void {
  if (isLight || !KNOWN_MAJORS.has(process.versions.node.split('.', 1)[0] ?? '')) return;
  isLight = true;
  LIGHT.forEach(setFlagsFromString);
  beforeLeaving(() => USUAL.forEach(setFlagsFromString));
}
