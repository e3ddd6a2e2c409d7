// @ts-check
/**
 * Bundles `src/main.ts` into `dist/`: ESM, split at every dynamic import, so that a command loads its
 * own code and nothing else. The metafile is what `test/arch` reads to keep the import rules.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { build } from 'esbuild';

const pkg = JSON.parse(await readFile('package.json', 'utf8'));
const outdir = `dist.new-${process.pid}`;

const result = await build({
  entryPoints: { main: 'src/main.ts' },
  outdir,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  outExtension: { '.js': '.mjs' },
  chunkNames: 'chunks/[name]-[hash]',
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'external',
  minifyWhitespace: true,
  metafile: true,
  define: { __CT_VERSION__: JSON.stringify(pkg.version) },
  // Bundled CommonJS packages call require() for node's own modules.
  banner: {
    js: "import{createRequire as __ctRequire}from'node:module';const require=__ctRequire(import.meta.url);",
  },
});

await mkdir(outdir, { recursive: true });
await writeFile(`${outdir}/meta.json`, JSON.stringify(result.metafile));
await rm('dist', { recursive: true, force: true });
await rename(outdir, 'dist');
