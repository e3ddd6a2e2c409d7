import { describe, expect, it } from 'vitest';
import { complementOf, cubesOf, holds, meet, WHOLE } from '../../../src/sandbox/seccomp/cubes.ts';

/** Numbers that are near members, far from them, and with rubbish in the upper half. */
function samples(members: readonly number[]): readonly bigint[] {
  const near = members.flatMap((member) =>
    Array.from({ length: 32 }, (_, bit) => BigInt((member ^ (1 << bit)) >>> 0)),
  );
  const all = [...members.map(BigInt), ...near, 0n, 0xffff_ffffn];
  return all.flatMap((value) => [value, value | (1n << 32n), value | (1n << 63n)]);
}

describe('complementOf', () => {
  it.each([
    [[0x5412, 0x541c, 0x5423], WHOLE],
    [[1, 2, 10, 16], WHOLE],
    [[0], 0x7e020000],
    [[0, 0x1000, 0x8000, 0xc000], 0xf000],
  ])('holds exactly what %j under 0x%x leaves', (members, mask) => {
    const inside = cubesOf(members, mask);
    const outside = complementOf(members, mask);
    for (const value of samples(members)) {
      const isMember = inside.some((cube) => holds(cube, value));
      const matches = outside.filter((cube) => holds(cube, value)).length;
      expect(matches, value.toString(16)).toBe(isMember ? 0 : 1);
    }
  });

  it('is 32 cubes for one number, and nothing for all values of a mask', () => {
    expect(complementOf([5], WHOLE)).toHaveLength(32);
    expect(complementOf([0, 1], 1)).toEqual([]);
  });
});

describe('cubesOf', () => {
  it('holds exactly its members, in as few cubes as neighbours allow', () => {
    const cubes = cubesOf([2, 10, 0, 1, 64], WHOLE);
    expect(cubes).toHaveLength(3);
    for (const value of samples([2, 10, 0, 1, 64])) {
      const low = Number(value & 0xffff_ffffn);
      expect(cubes.some((cube) => holds(cube, value))).toBe([2, 10, 0, 1, 64].includes(low));
    }
  });
});

describe('meet', () => {
  it('is true only where a value is in both', () => {
    expect(meet({ mask: 1, value: 1 }, { mask: 2, value: 0 })).toBe(true);
    expect(meet({ mask: 3, value: 1 }, { mask: 2, value: 2 })).toBe(false);
  });
});
