import { describe, expect, it } from 'vitest';
import { DOORS, LAYERS, LAZY, layerOf } from './layers.ts';
import { packageOf, readMetafile } from './metafile.ts';

interface Edge {
  readonly from: string;
  readonly to: string;
  readonly isDynamic: boolean;
}

const edges: readonly Edge[] = Object.entries(readMetafile().inputs)
  .filter(([from]) => from.startsWith('src/'))
  .flatMap(([from, { imports }]) =>
    imports.map(({ path, kind }) => ({ from, to: path, isDynamic: kind === 'dynamic-import' })),
  );

const REMEDY = 'changing the structure? edit test/arch/layers.ts and say why in docs/adr';

/** The edges that break a rule, as lines to read. */
function offending(breaks: (edge: Edge) => boolean): string[] {
  return edges.filter(breaks).map(({ from, to }) => `${from} -> ${to}`);
}

describe('imports', () => {
  it('go only where the table of layers lets them', () => {
    const found = offending(({ from, to }) => {
      if (!to.startsWith('src/') || layerOf(from) === layerOf(to)) return false;
      return LAYERS[layerOf(from)]?.imports.includes(layerOf(to)) !== true;
    });
    expect(found, REMEDY).toEqual([]);
  });

  it('are dynamic where what is behind must not cost every start', () => {
    const found = offending(
      ({ from, to, isDynamic }) =>
        !isDynamic && LAZY.some(([a, b]) => layerOf(from) === a && layerOf(to) === b),
    );
    expect(found, REMEDY).toEqual([]);
  });

  it('reach each package through its one door', () => {
    const found = offending(({ from, to }) => {
      const name = packageOf(to);
      // What ts-proto writes imports its library everywhere, and nobody else does.
      if (layerOf(from) === 'gen' && name === '@bufbuild/protobuf') return false;
      return name !== undefined && DOORS[name] !== from;
    });
    expect(found, REMEDY).toEqual([]);
  });

  it('reach Node only from the rings that act', () => {
    const found = offending(({ from, to }) => {
      const allowed = LAYERS[layerOf(from)]?.node ?? [];
      return to.startsWith('node:') && allowed !== 'all' && !allowed.includes(to);
    });
    expect(found, REMEDY).toEqual([]);
  });

  it('never load what makes the start slow', () => {
    // The ESM face of http evaluates lazy getters: 28 to 38 ms on Node 22 and later.
    const found = offending(({ to }) => ['node:http', 'node:https', 'node:http2'].includes(to));
    expect(found).toEqual([]);
  });
});
