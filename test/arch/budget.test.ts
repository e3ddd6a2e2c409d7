import { statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { bundledBytes, packageOf, readMetafile, staticClosure } from './metafile.ts';

const KB = 1024;
const meta = readMetafile();

/** Bytes and packages that are evaluated before an entry's code runs. */
function cost(entry: string) {
  const modules = staticClosure(meta, entry);
  if (modules.length === 0) throw new Error(`${entry} is not in the bundle`);
  return {
    bytes: modules.reduce((sum, module) => sum + bundledBytes(meta, module), 0),
    packages: new Set(modules.map(packageOf)),
  };
}

describe('what a start evaluates', () => {
  it('is next to nothing for the entry, in a file of its own', () => {
    expect(cost('src/main.ts').bytes).toBeLessThanOrEqual(5 * KB);
    expect([...cost('src/main.ts').packages]).toEqual([undefined]);
    expect(statSync('dist/main.cjs').size).toBeLessThanOrEqual(5 * KB);
  });

  it.each([
    ['cli', 376],
    ['engine', 400],
    ['containerd', 230],
    ['config', 40],
    ['gateway', 90],
    ['secrets', 40],
  ])('is read from files that have little else: %s.cjs within %i KB', (name, kilobytes) => {
    expect(statSync(`dist/${name}.cjs`).size).toBeLessThanOrEqual(kilobytes * KB);
  });

  it('is little for ct run until it needs the engine: no library at all', () => {
    // Of which 1 KB is the table of commands' lines for the service, half a KB what makes keys that exist once.
    expect(cost('src/cli/main.ts').bytes).toBeLessThanOrEqual(41 * KB);
    expect([...cost('src/cli/main.ts').packages]).toEqual([undefined]);
    // 3 KB of it know which layer and generation packages.toml came to; 1 KB says where time goes; 1 KB
    // finds the authorities that Node does not know, and saves each Node inside a tenth of a second.
    expect(cost('src/session/start.ts').bytes).toBeLessThanOrEqual(125 * KB);
    expect([...cost('src/session/start.ts').packages]).toEqual([undefined]);
  });

  it('is undici without what a socket never uses for the engine', () => {
    expect(cost('src/engine/podman/open.ts').bytes).toBeLessThanOrEqual(280 * KB);
    const left = Object.keys(meta.inputs).filter((path) =>
      /undici\/lib\/(web|dispatcher\/client-h2)/u.test(path),
    );
    expect(left).toEqual([]);
  });

  it('is protobuf for containerd, and nothing that only an image needs which comes', () => {
    const packages = [...cost('src/engine/containerd/open.ts').packages].filter(Boolean);
    expect(packages).toEqual(['@bufbuild/protobuf']);
  });

  const commands = Object.keys(meta.inputs).filter(
    (path) => path.startsWith('src/cli/commands/') && !path.endsWith('/index.ts'),
  );

  it('has a file for every command', () => {
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
    expect(statSync('dist/main.cjs').mode & 0o111).toBe(0o111);
  });
});
