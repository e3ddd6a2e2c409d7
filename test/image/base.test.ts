import { expect, test } from 'vitest';
import { baseReference, isOwnBase, PACKAGES } from '../../src/image/base.ts';

test('keeps the name of a registry image, which is not ours to remove', () => {
  const reference = baseReference({ kind: 'registry', reference: 'registry.example/debian:1' });
  expect(reference).toBe('registry.example/debian:1');
  expect(isOwnBase(reference)).toBe(false);
});

test('names a made base by what is in it', () => {
  const one = baseReference({ kind: 'bootstrap', suite: 'trixie', packages: PACKAGES });
  const other = baseReference({ kind: 'bootstrap', suite: 'forky', packages: PACKAGES });
  expect(one).toMatch(/^localhost\/ct\/base:[0-9a-f]{16}$/u);
  expect(other).not.toBe(one);
  expect(isOwnBase(one)).toBe(true);
});

test('names an archive by its digest', () => {
  const one = baseReference({ kind: 'archive', sha256: 'a'.repeat(64) });
  expect(baseReference({ kind: 'archive', sha256: 'b'.repeat(64) })).not.toBe(one);
});
