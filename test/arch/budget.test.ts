import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { packageOf, readMetafile, staticClosure } from './metafile.ts';

const KB = 1024;
const meta = readMetafile();
const outputs = Object.entries(meta.outputs);

/** Bytes and packages that must be loaded before an entry's code runs. */
function cost(entryPoint: string) {
  const [path] = outputs.find(([, output]) => output.entryPoint === entryPoint) ?? [];
  if (path === undefined) throw new Error(`${entryPoint} is no entry of the bundle`);
  const closure = staticClosure(meta, path);
  const inputs = closure.flatMap((name) => Object.keys(meta.outputs[name]?.inputs ?? {}));
  return {
    bytes: closure.reduce((sum, name) => sum + (meta.outputs[name]?.bytes ?? 0), 0),
    packages: new Set(inputs.map(packageOf)),
  };
}

describe('what a start loads', () => {
  it('is next to nothing for the entry', () => {
    expect(cost('src/main.ts').bytes).toBeLessThanOrEqual(5 * KB);
    expect([...cost('src/main.ts').packages]).toEqual([undefined]);
  });

  const commands = outputs
    .map(([, { entryPoint = '' }]) => entryPoint)
    .filter((entry) => entry.startsWith('src/cli/commands/'));

  it('has an entry for every command', () => {
    expect(commands.length).toBeGreaterThanOrEqual(9);
  });

  it.each(commands)('stays within 200 KB for %s, without engine and TOML', (entry) => {
    const { bytes, packages } = cost(entry);
    expect(bytes).toBeLessThanOrEqual(200 * KB);
    expect(packages).not.toContain('undici');
    expect(packages).not.toContain('smol-toml');
    expect(packages).not.toContain('tar-stream');
  });

  it('is a file that a shell can start', () => {
    expect(statSync('dist/main.mjs').mode & 0o111).toBe(0o111);
  });
});
