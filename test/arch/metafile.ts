import { readFileSync } from 'node:fs';
import { ensureBundle } from '../support/bundle.ts';

/** What esbuild's metafile says, as far as these tests read it. */
export interface Metafile {
  readonly inputs: Readonly<Record<string, { readonly imports: readonly Import[] }>>;
  readonly outputs: Readonly<Record<string, Output>>;
}

interface Import {
  readonly path: string;
  readonly kind: string;
  readonly external?: boolean;
}

interface Output {
  readonly bytes: number;
  readonly entryPoint?: string;
  readonly imports: readonly Import[];
  readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>;
}

/** The metafile of a build of these sources. */
export function readMetafile(): Metafile {
  ensureBundle();
  const { inputs, outputs } = JSON.parse(readFileSync('dist/meta.json', 'utf8')) as Metafile;
  const sources = Object.entries(inputs)
    .filter(([path]) => !LATE.test(path) && !IN_ALL.test(path))
    .map(([path, { imports }]) => {
      const own = imports.filter((one) => !IN_ALL.test(one.path));
      return [path, { imports: own.map(nodesOwn) }] as const;
    });
  return { inputs: Object.fromEntries(sources), outputs };
}

/** What build.mjs puts into every module that asks for the time. */
const IN_ALL = /(?:^|\/)setup\/clock\.mjs$/u;

/** What build.mjs puts in the place of a module of Node's that is loaded late. */
const LATE = /^late-(node:\w+):.*$/u;

function nodesOwn(one: Import): Import {
  const name = LATE.exec(one.path)?.[1];
  return name === undefined ? one : { ...one, path: name, external: true };
}

/** Name of the npm package that a bundled path or a bare import belongs to. */
export function packageOf(path: string): string | undefined {
  const at = path.lastIndexOf('node_modules/');
  const bare = at >= 0 ? path.slice(at + 'node_modules/'.length) : path;
  if (at < 0 && (path.startsWith('src/') || path.startsWith('.') || path.startsWith('node:'))) {
    return undefined;
  }
  return bare
    .split('/')
    .slice(0, bare.startsWith('@') ? 2 : 1)
    .join('/');
}

/** Modules that are evaluated before an entry's own code runs, itself included. */
export function staticClosure({ inputs }: Metafile, entry: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path) || inputs[path] === undefined) return;
    seen.add(path);
    for (const { path: next, kind } of inputs[path].imports) {
      if (kind !== 'dynamic-import') visit(next);
    }
  };
  visit(entry);
  return [...seen];
}

/** Bytes that a module has in the bundle. */
export function bundledBytes({ outputs }: Metafile, module: string): number {
  return Object.values(outputs).reduce(
    (sum, output) => sum + (output.inputs[module]?.bytesInOutput ?? 0),
    0,
  );
}
