/** Numbers that look random and are the same every time, so that a failure can be had again. */
export function seeded(seed: number): {
  below(limit: number): number;
  pick<T>(items: readonly T[]): T;
  list<T>(most: number, make: () => T): T[];
} {
  let state = seed >>> 0;
  // Source: Numerical Recipes, linear congruential generator of 32 bits
  const next = (): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  const below = (limit: number): number => Math.floor((next() / 2 ** 32) * limit);
  return {
    below,
    pick: (items) => items[below(items.length)] as (typeof items)[number],
    list: (most, make) => Array.from({ length: below(most + 1) }, make),
  };
}
