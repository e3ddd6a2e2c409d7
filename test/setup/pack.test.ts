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

let code: string;
let file: string;

beforeAll(async () => {
  const dir = mkdtempSync(join(tmpdir(), 'ct-pack-'));
  for (const [name, text] of Object.entries(SOURCES)) writeFileSync(join(dir, name), text);
  const outdir = join(dir, 'out');
  const { outputFiles } = await build({
    entryPoints: { entry: join(dir, 'entry.ts') },
    ...{ outdir, bundle: true, format: 'esm', platform: 'node', splitting: true, write: false },
    sourcemap: 'inline',
  });
  const packed = await pack(outputFiles, { entry: './entry.js', banner: '"use strict";', outdir });
  code = packed.code;
  file = join(dir, 'packed.cjs');
  // Node reads source maps of modules only: one that gives the function away.
  writeFileSync(file, `module.exports=${code}//# sourceMappingURL=packed.cjs.map\n`);
  writeFileSync(`${file}.map`, packed.map);
});

function run(what: 'main' | 'fail'): string {
  const load = `const own = { exports: {} }; require(${JSON.stringify(file)})(own.exports, require, own);`;
  const script = `${load} own.exports.${what}().then((x) => console.log(JSON.stringify(x)), (e) => console.log(e.stack))`;
  return execFileSync(process.execPath, ['--enable-source-maps', '-e', script], {
    encoding: 'utf8',
  });
}

describe('a packed program', () => {
  it('does what its modules do, each evaluated once and not before it is asked for', () => {
    expect(JSON.parse(run('main'))).toEqual(['/', 'number', 0, 1, true, 10, true]);
  });

  it('has what makes CommonJS of its modules once, and says where it fails in the sources', () => {
    expect(code.match(/__getOwnPropNames\s*=/gu)).toHaveLength(1);
    expect(code).not.toContain('0&&(module.exports');
    expect(run('fail')).toMatch(/Error: Shared\n\s+at Object.fail \(.*\/fails\.ts:5:13\)/u);
  });
});
