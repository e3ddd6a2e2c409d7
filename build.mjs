// @ts-check
/**
 * Bundles `src/` into few files of `dist/`: `main.cjs`, a few lines that answer `--version` and load
 * `cli.cjs` with V8's code cache, which loads the others (setup/parts.mjs). Few CommonJS files start in half the time
 * of thirty, and each module in them is compiled and evaluated only when it is asked for (docs/adr/0004). `snapshot.cjs`
 * is for setup/snapshot.mjs, `npm.tgz` for the images of sessions. The metafile is what `test/arch` reads to keep
 * the import rules.
 */
import { chmod, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { posix } from 'node:path';
import { build } from 'esbuild';
import { launcher } from './setup/launcher.mjs';
import { npmArchive } from './setup/npm-archive.mjs';
import { pack } from './setup/pack.mjs';
import { partsOf } from './setup/parts.mjs';

const pkg = JSON.parse(await readFile('package.json', 'utf8'));
const outdir = `dist.new-${process.pid}`;

/**
 * Parts of undici that a unix socket never uses, and what takes their place. They are 160 of its 365
 * KB and, with Node's own TLS and HTTP modules behind them, ten milliseconds of every start. undici
 * copes with a Node that was built without HTTP/2; the rest is asked for by calls that we don't make,
 * and says so if that ever changes.
 */
const LEFT_OUT = 'throw new Error("this part of a library is left out of ct: see build.mjs");';
const UNDICI_STUBS = [
  { filter: /^node:(http2|tls)$/, contents: LEFT_OUT },
  {
    filter: /^node:assert$/,
    contents:
      'module.exports = (isTrue, why) => { if (!isTrue) throw new Error(`undici: ${why}`); };',
  },
  { filter: /\/client-h2(\.js)?$/, contents: 'module.exports = {};' },
  { filter: /\/llhttp-wasm(\.js)?$/, contents: LEFT_OUT },
  { filter: /\/(web|fetch)\//, contents: LEFT_OUT },
  {
    filter: /^node:http$/,
    contents: 'module.exports = { maxHeaderSize: 16384, IncomingMessage: class {} };',
  },
];

/**
 * grpc-js reads .proto files at run time for its own diagnosis services (channelz, ORCA), which nobody
 * asks here; the reader and protobufjs behind it are 400 KB.
 * @type {import('esbuild').Plugin}
 */
const grpcWithoutLoader = {
  name: 'grpc-without-loader',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^@grpc\/proto-loader$/ }, ({ path }) => ({
      path,
      namespace: 'no-loader',
    }));
    onLoad({ filter: /.*/, namespace: 'no-loader' }, () => ({ contents: LEFT_OUT, loader: 'js' }));
  },
};

/** @type {import('esbuild').Plugin} */
const undiciForSockets = {
  name: 'undici-for-sockets',
  setup({ onResolve, onLoad }) {
    for (const [index, { filter, contents }] of UNDICI_STUBS.entries()) {
      const namespace = `stub-${index}`;
      onResolve({ filter }, ({ path, importer }) =>
        importer.includes('/node_modules/undici/') ? { path, namespace } : undefined,
      );
      onLoad({ filter: /.*/, namespace }, () => ({ contents, loader: 'js' }));
    }
  },
};

/** Functions of Node's modules that take milliseconds to load, and that most starts never call. */
const LATE = {
  'node:child_process': ['spawn'],
  'node:crypto': ['createHash', 'randomBytes', 'randomUUID', 'timingSafeEqual'],
  'node:os': [
    ...['availableParallelism', 'cpus', 'freemem', 'homedir', 'hostname', 'loadavg'],
    ...['networkInterfaces', 'release', 'totalmem', 'userInfo'],
  ],
  'node:v8': ['setFlagsFromString'],
};

/**
 * Has these modules loaded by the first call, not by the import. A name that is not in the list is an error of the build.
 * @type {import('esbuild').Plugin}
 */
const lateModules = {
  name: 'late-modules',
  setup({ onResolve, onLoad }) {
    for (const [name, functions] of Object.entries(LATE)) {
      onResolve({ filter: new RegExp(`^${name}$`), namespace: 'file' }, ({ importer }) =>
        importer.includes('/node_modules/') ? undefined : { path: name, namespace: `late-${name}` },
      );
      const contents = functions
        .map((it) => `export const ${it}=(...all)=>require("${name}").${it}(...all);`)
        .join('');
      onLoad({ filter: /.*/, namespace: `late-${name}` }, () => ({ contents, loader: 'js' }));
    }
  },
};

/** @type {import('esbuild').BuildOptions} */
const common = {
  outdir,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  outExtension: { '.js': '.cjs' },
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'external',
  minifyWhitespace: true,
  metafile: true,
  define: { __CT_VERSION__: JSON.stringify(pkg.version), 'import.meta.url': '__ctUrl' },
};

const main = await build({
  ...common,
  entryPoints: { main: 'src/main.ts' },
  banner: { js: launcher('node').trimEnd() },
});
const snapshot = await build({ ...common, entryPoints: { snapshot: 'src/snapshot.ts' } });
const cli = await build({
  ...common,
  entryPoints: { cli: 'src/cli/main.ts' },
  format: 'esm',
  splitting: true,
  outExtension: {},
  sourcemap: 'inline',
  write: false,
  metafile: true,
  inject: ['setup/clock.mjs'],
  plugins: [undiciForSockets, grpcWithoutLoader, lateModules],
});
const partOf = partsOf(cli.metafile);
const parts = await pack(
  cli.outputFiles.filter(({ path }) => path.endsWith('.js')),
  {
    entry: './cli.js',
    banner: "const __ctUrl=require('node:url').pathToFileURL(__filename).href;",
    outdir,
    partOf: (id) => partOf(posix.join(outdir, id)),
  },
);
for (const [name, { code, map }] of parts) {
  await writeFile(`${outdir}/${name}.cjs`, `${code}//# sourceMappingURL=${name}.cjs.map\n`);
  await writeFile(`${outdir}/${name}.cjs.map`, map);
}
const licences = cli.outputFiles.filter(({ path }) => path.endsWith('.LEGAL.txt'));
await writeFile(`${outdir}/cli.cjs.LEGAL.txt`, licences.map(({ text }) => text).join('\n'));

const builds = [main, snapshot, cli];
const meta = {
  inputs: Object.assign({}, ...builds.map(({ metafile }) => metafile?.inputs)),
  outputs: Object.assign({}, ...builds.map(({ metafile }) => metafile?.outputs)),
};
await writeFile(`${outdir}/meta.json`, JSON.stringify(meta));
await writeFile(`${outdir}/npm.tgz`, await npmArchive('node_modules/npm'));
await chmod(`${outdir}/main.cjs`, 0o755);
await rm('dist', { recursive: true, force: true });
await rename(outdir, 'dist');
