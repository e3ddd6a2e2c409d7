// @ts-check
/**
 * Few files of many modules, of which V8 looks only into those that are used. A bundle in one scope makes every
 * function of the program at each start, thousands of them; here each module is a function of its own, whose inside
 * V8 skips until it is called (docs/adr/0004).
 */
import { posix } from 'node:path';
import { decode, encode } from '@jridgewell/sourcemap-codec';
import { transform } from 'esbuild';

/**
 * The modules that esbuild's splitting made, in parts: each the text of one function, and its source map. Called as
 * CommonJS would (src/code-cache.ts does), the first part, which holds `entry`, exports what that does; the others
 * export their modules, and are asked for as `./NAME.cjs`. Node itself puts such a function around a file, which copies it.
 *
 * @param {readonly import('esbuild').OutputFile[]} files Modules, each with its source map inside
 * @param {object} options `entry` and `outdir` as esbuild knows them
 * @param {string} options.entry
 * @param {string} options.banner
 * @param {string} options.outdir
 * @param {(id: string) => string} options.partOf Name of a module's part
 * @returns {Promise<ReadonlyMap<string, Part>>} By name
 */
export async function pack(files, { entry, banner, outdir, partOf }) {
  const helpers = await esbuildHelpers();
  const opening = [OPENING + banner, ...helpers, OWN_EXPORTS];
  /** @type {Map<string, Module[]>} */
  const parts = new Map([[partOf(entry), []]]);
  for (const file of files) {
    const id = `./${posix.relative(posix.resolve(outdir), file.path)}`;
    const part = parts.get(partOf(id)) ?? [];
    part.push({ id, ...withoutHelpers(await asCommonJs(file.text), helpers) });
    parts.set(partOf(id), part);
  }
  const [first = '', ...others] = parts.keys();
  const elsewhere = others.flatMap((name) =>
    (parts.get(name) ?? []).map(({ id }) => [id, `./${name}.cjs`]),
  );
  const index = `const __elsewhere=${JSON.stringify(Object.fromEntries(elsewhere))};`;
  const closing = [index + LOADER, `module.exports=__load(${JSON.stringify(entry)});`, CLOSING, ''];
  return new Map(
    [...parts].map(([name, modules]) => [
      name,
      name === first
        ? joined(modules, [...opening, 'const __chunks={'], ['};', ...closing])
        : joined(modules, [...opening, 'module.exports={'], ['};', CLOSING, '']),
    ]),
  );
}

/**
 * @typedef {object} Part
 * @property {string} code
 * @property {string} map A plain one (ECMA-426): Node does not read indexes
 *
 * @typedef {object} Module
 * @property {string} id
 * @property {string} code
 * @property {{ readonly sources: readonly string[], readonly mappings: import('@jridgewell/sourcemap-codec').SourceMapMappings }} map
 */

/**
 * @param {readonly Module[]} modules
 * @param {readonly string[]} before
 * @param {readonly string[]} after
 * @returns {Part}
 */
function joined(modules, before, after) {
  const lines = [...before];
  /** @type {string[]} */
  const sources = [];
  /** @type {import('@jridgewell/sourcemap-codec').SourceMapMappings} */
  const mappings = [];
  for (const { id, code, map } of modules) {
    lines.push(`${JSON.stringify(id)}:function(exports,require,module){`);
    mappings.push(...new Array(lines.length - mappings.length).fill([]));
    mappings.push(...withSourcesFrom(sources.length, map.mappings));
    sources.push(...map.sources);
    lines.push(...code.trimEnd().split('\n'), '},');
  }
  lines.push(...after);
  const map = { version: 3, sources, names: [], mappings: encode(mappings) };
  return { code: lines.join('\n'), map: JSON.stringify(map) };
}

/**
 * Each names its source by a number, which counts from `base` in the file of all.
 *
 * @param {number} base
 * @param {import('@jridgewell/sourcemap-codec').SourceMapMappings} mappings
 * @returns {import('@jridgewell/sourcemap-codec').SourceMapMappings}
 */
function withSourcesFrom(base, mappings) {
  for (const segment of mappings.flat()) if (segment[1] !== undefined) segment[1] += base;
  return mappings;
}

const OPENING = '(function(exports,require,module,__filename,__dirname){';
const CLOSING = '})';

/** Modules of this file see the names of each other; copies of them are for importers that nobody knows. */
const OWN_EXPORTS = [
  '__toCommonJS=(mod)=>__defProp(mod,"__esModule",{value:true});',
  '{const copied=__toESM;__toESM=(mod,...more)=>mod?.__esModule?mod:copied(mod,...more)}',
].join('');

/**
 * `require` inside: what is in no part is Node's. Each part has the `__load` of the first one, by which its modules are
 * called. src/code-cache.ts asks which were loaded.
 */
const LOADER =
  'const __loaded=Object.create(null);' +
  'function __load(id){' +
  'const known=__loaded[id];if(known!==undefined)return known.exports;' +
  'const module=__loaded[id]={exports:{}};' +
  'const part=__elsewhere[id];' +
  'const chunk=part===undefined?__chunks[id]:require(part)[id];' +
  'if(chunk===undefined)module.exports=require(id);else chunk(module.exports,__load,module);' +
  'return module.exports}' +
  'module.loaded=part=>Object.keys(__loaded).filter(id=>__elsewhere[id]===part);' +
  'module.parts=()=>[...new Set(Object.values(__elsewhere))];';

/** A module for which esbuild writes each of the functions with which it makes CommonJS. */
const SAMPLE = 'import a from "a"; export * from "b"; export const c = [a, import("d")];';

/** These functions, of which each module would have its own: one line each, in an order that works. */
async function esbuildHelpers() {
  const { code } = await asCommonJs(SAMPLE, { minifyWhitespace: false });
  const statements = code.match(/^var __\w+ = (?:.*\n)(?:[ })].*\n)*/gmu) ?? [];
  return Promise.all(
    statements.map(async (statement) => {
      const { code } = await transform(statement, { minifyWhitespace: true });
      return code.trimEnd();
    }),
  );
}

/** For tools that read CommonJS without running it; nothing at run time. */
const ANNOTATION = /\n?0&&\(module\.exports=\{[^{}]*\}\);\s*$/u;

/**
 * @param {{ readonly code: string, readonly map: string }} module
 * @param {readonly string[]} helpers
 */
function withoutHelpers({ code, map }, helpers) {
  let start = 0;
  for (let next; (next = helpers.find((helper) => code.startsWith(helper, start))) !== undefined;) {
    start += next.length;
  }
  const { sources, mappings: encoded } = JSON.parse(map);
  const mappings = decode(encoded);
  // Positions of a map are columns of a line: those of the first one move.
  for (const segment of mappings[0] ?? []) segment[0] -= start;
  return { code: code.slice(start).replace(ANNOTATION, ''), map: { sources, mappings } };
}

/**
 * @param {string} code
 * @param {import('esbuild').TransformOptions} [options]
 */
async function asCommonJs(code, options) {
  return transform(code, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    minifyWhitespace: true,
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    // `import()` of a module of this file is a `require` that answers later.
    supported: { 'dynamic-import': false },
    ...options,
  });
}
