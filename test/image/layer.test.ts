import { describe, expect, it } from 'vitest';
import { PACKAGE_NAMES } from '../../src/config/package-names.ts';
import { nameLayer } from '../../src/image/layer.ts';
import { layerPackages, TIERS } from '../../src/image/tiers.ts';

const recipe = { below: 'b', packages: ['jq'], serial: 's', files: { a: '1', b: '2' } };

describe('nameLayer', () => {
  it('gives another name to whatever is another layer, and the same to the same', () => {
    const names = [
      recipe,
      { ...recipe, below: 'c' },
      { ...recipe, packages: ['jq', 'tree'] },
      { ...recipe, serial: 't' },
      { ...recipe, files: { a: '1', b: '3' } },
    ].map((one) => nameLayer(one).reference);
    expect(new Set(names).size).toBe(5);
    expect(nameLayer({ ...recipe, files: { b: '2', a: '1' } }).reference).toBe(names[0]);
  });
});

describe('layerPackages', () => {
  it('has each package once, sorted, with what the managers need', () => {
    const packages = layerPackages({
      tiers: ['tools'],
      packages: ['jq', 'aha'],
      managers: ['pip'],
    });
    expect(packages).toEqual([...new Set(packages)].sort());
    expect(packages).toEqual(expect.arrayContaining(['aha', 'fzf', 'jq', 'python3-pip']));
  });

  it('has tiers whose names a user could have written himself', () => {
    for (const name of Object.values(TIERS).flat()) {
      expect(name).toMatch(PACKAGE_NAMES['debian-package']);
    }
  });
});
