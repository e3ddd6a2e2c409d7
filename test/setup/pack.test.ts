import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import { pack } from '../../setup/pack.mjs';

const SOURCES = {
  'entry.ts': `
    import { sep } from 'node:path';
    import os from 'node:os';
    import { Shared, count } from './shared.ts';
    export const main = async (): Promise<unknown> => {
      const before = count();
      const { default: Late, late } = await import('./late.ts');
      const again = await import('./late.ts');
      return [sep, typeof os.uptime(), before, count(), new Late() instanceof Shared, late(), again.late === late];
    };
    export const sum = (): number => 1 + 2;
    export const fail = async (): Promise<void> => (await import('./fails.ts')).fail();`,
  'shared.ts': `
    let evaluated = 0;
    export const count = (): number => evaluated;
    export const note = (): void => { evaluated += 1; };
    export class Shared {}`,
  'late.ts': `
    import { Shared, count, note } from './shared.ts';
    note();
    export default class Late extends Shared {}
    export const late = (): number => count() * 10;`,
  'fails.ts': `
    import { Shared } from './shared.ts';

    export function fail(): void {
      throw new Error(Shared.name);
    }`,
};

let packed: Awaited<ReturnType<typeof pack>>;
let dir: string;

/** What is imported late lies in a file of its own. */
const partOf = (id: string): string => (/^\.\/(?:late|fails)/u.test(id) ? 'late' : 'first');

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ct-pack-'));
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(dir, name), text);
  const outdir = join(dir, 'out');
  const { outputFiles } = await build({
    entryPoints: { entry: join(dir, 'entry.ts') },
    ...{ outdir, bundle: true, format: 'esm', platform: 'node', splitting: true, write: false },
    sourcemap: 'inline',
  });
  const options = { entry: './entry.js', banner: '"use strict";', outdir };
  packed = await pack(outputFiles, { ...options, partOf });
  for (const [name, { code, map }] of packed) {
    // Node reads source maps of modules only: one that gives the function away.
    const link = `//# sourceMappingURL=${name}.cjs.map`;
    writeFileSync(join(dir, `${name}.cjs`), `module.exports=${code}${link}\n`);
    writeFileSync(join(dir, `${name}.cjs.map`), map);
  }
});

/** What a loader of parts does; it says which it loaded. */
const LOADER = `
  const parts = {};
  const load = (dir, id) => {
    if (parts[id] === undefined) {
      const own = parts[id] = { exports: {} };
      const ask = (name) => (name.startsWith('./') ? load(dir, name).exports : require(name));
      require(dir + id.slice(1))(own.exports, ask, own, dir + id.slice(1));
    }
    return parts[id];
  };`;

/** Lines that it prints: what `what` resolves to or throws, and which modules of the other part were loaded. */
function run(what: 'main' | 'fail' | 'sum'): readonly string[] {
  const script = `${LOADER}
    const first = load(${JSON.stringify(dir)}, './first.cjs');
    const last = () => console.log(Object.keys(parts).join(), first.loaded('./late.cjs').length);
    Promise.resolve(first.exports.${what}())
      .then((x) => console.log(JSON.stringify(x)), (e) => console.log(e.stack))
      .then(last);`;
  const flags = ['--enable-source-maps', '-e', script];
  return execFileSync(process.execPath, flags, { encoding: 'utf8' }).trimEnd().split('\n');
}

describe('a packed program', () => {
  it('does what its modules do, each evaluated once and not before it is asked for', () => {
    const [result = '', ...last] = run('main');
    expect(JSON.parse(result)).toEqual(['/', 'number', 0, 1, true, 10, true]);
    expect(last).toEqual(['./first.cjs,./late.cjs 1']);
  });

  it('asks for a part only when a module of it is needed', () => {
    expect([...packed.keys()]).toEqual(['first', 'late']);
    expect(run('sum')).toEqual(['3', './first.cjs 0']);
  });

  it('has what makes CommonJS of its modules once, and says where it fails in the sources', () => {
    for (const { code } of packed.values()) {
      expect(code.match(/__getOwnPropNames\s*=/gu)).toHaveLength(1);
      expect(code).not.toContain('0&&(module.exports');
    }
    expect(run('fail').slice(0, 2).join('\n')).toMatch(
      /^Error: Shared\n\s+at Object.fail \(.*\/fails\.ts:5:13\)$/u,
    );
  });
});
