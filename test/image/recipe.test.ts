import { describe, expect, test } from 'vitest';
import { PACKAGES, SUITE } from '../../src/image/base.ts';
import { nameRecipe, type Recipe } from '../../src/image/recipe.ts';

const recipe: Recipe = {
  base: { kind: 'bootstrap', suite: SUITE, packages: PACKAGES },
  packages: PACKAGES,
  npm: '10.0.0',
  files: { Containerfile: 'FROM x\n', 'entry.sh': 'exec\n' },
};

describe('nameRecipe', () => {
  test('gives a reference that holds the first 16 digits of the digest', () => {
    const { digest, reference } = nameRecipe(recipe);
    expect(digest).toMatch(/^[0-9a-f]{64}$/u);
    expect(reference).toBe(`localhost/ct/agent:${digest.slice(0, 16)}`);
  });

  test('does not depend on the order of the files', () => {
    const turned = Object.fromEntries(Object.entries(recipe.files).reverse());
    expect(nameRecipe({ ...recipe, files: turned })).toEqual(nameRecipe(recipe));
  });

  const changes: Readonly<Record<string, Recipe>> = {
    'a file': { ...recipe, files: { ...recipe.files, 'entry.sh': 'exec \n' } },
    'the name of a file': {
      ...recipe,
      files: { Containerfile: 'FROM x\n', 'entry2.sh': 'exec\n' },
    },
    'the npm': { ...recipe, npm: '10.0.1' },
    'the packages': { ...recipe, packages: [...PACKAGES, 'jq'] },
    'the kind of base': { ...recipe, base: { kind: 'registry', reference: 'r/x:1' } },
    'the archive': { ...recipe, base: { kind: 'archive', sha256: 'a'.repeat(64) } },
    'the wish for any base': { ...recipe, base: { kind: 'auto', of: [], archiveStamp: undefined } },
    'the stamp of the archive': { ...recipe, base: { kind: 'auto', of: [], archiveStamp: '1' } },
  };
  test.each(Object.entries(changes))('changes with %s', (_what, changed) => {
    expect(nameRecipe(changed).digest).not.toBe(nameRecipe(recipe).digest);
  });

  test('gives every change a digest of its own', () => {
    const digests = Object.values(changes).map((changed) => nameRecipe(changed).digest);
    expect(new Set(digests).size).toBe(digests.length);
  });
});
