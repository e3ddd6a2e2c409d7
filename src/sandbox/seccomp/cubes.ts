/**
 * Sets of 32-bit values, as lists of masked equalities. Seccomp compares 64-bit registers while the
 * kernel looks at 32 bits of an `int`: comparing under a mask without the upper half is right for both,
 * where "not equal" or "less than" would let a value with rubbish in the upper half through.
 *
 * Source: CVE-2019-10063; seccomp_rule_add(3), SCMP_CMP_MASKED_EQ
 */

/** All values v with `v & mask === value`. */
export interface Cube {
  readonly mask: number;
  readonly value: number;
}

/** A whole argument of type `int` or `unsigned int`. */
export const WHOLE = 0xffff_ffff;

/** The values whose bits under `mask` are one of `members`; two that differ in one bit share a cube. */
export function cubesOf(members: readonly number[], mask: number): readonly Cube[] {
  const values = [...new Set(members.map((member) => (member & mask) >>> 0))];
  return merged(values.map((value) => ({ mask, value })));
}

function merged(cubes: readonly Cube[]): readonly Cube[] {
  for (const [index, a] of cubes.entries()) {
    for (const b of cubes.slice(index + 1)) {
      const bit = (a.value ^ b.value) >>> 0;
      if (a.mask !== b.mask || (bit & (bit - 1)) !== 0) continue;
      const both = { mask: (a.mask & ~bit) >>> 0, value: (a.value & ~bit) >>> 0 };
      return merged([...cubes.filter((cube) => cube !== a && cube !== b), both]);
    }
  }
  return cubes;
}

/**
 * The values whose bits under `mask` are none of `members`: prefixes that leave the members' own, so
 * 32 cubes for one member of 32 bits and few more for several. Disjoint.
 */
export function complementOf(members: readonly number[], mask: number): readonly Cube[] {
  return prefixesWithout(
    members.map((member) => (member & mask) >>> 0),
    { mask: 0, value: 0 },
    bitsOf(mask),
  );
}

function prefixesWithout(
  members: readonly number[],
  prefix: Cube,
  bits: readonly number[],
): readonly Cube[] {
  if (members.length === 0) return [prefix];
  const [bit, ...rest] = bits;
  if (bit === undefined) return [];
  return [0, bit].flatMap((value) =>
    prefixesWithout(
      members.filter((member) => (member & bit) >>> 0 === value),
      { mask: (prefix.mask | bit) >>> 0, value: (prefix.value | value) >>> 0 },
      rest,
    ),
  );
}

/** Single bits of a mask, highest first. */
function bitsOf(mask: number): readonly number[] {
  const bits: number[] = [];
  for (let shift = 31; shift >= 0; shift -= 1) {
    const bit = (1 << shift) >>> 0;
    if ((mask & bit) !== 0) bits.push(bit);
  }
  return bits;
}

/** Whether some value is in both. */
export function meet(a: Cube, b: Cube): boolean {
  return ((a.value ^ b.value) & a.mask & b.mask) === 0;
}

/** Whether a value, of which the kernel sees the lower 32 bits, is in a cube. */
export function holds({ mask, value }: Cube, given: bigint): boolean {
  return (Number(given & 0xffff_ffffn) & mask) >>> 0 === value;
}
