/**
 * The order of `count` cases in a round: each round begins with the next, and after each has begun once
 * they go backwards, so that every case comes in every place and behind every other.
 */
export function orderOf(count: number, round: number): readonly number[] {
  const isBackward = Math.floor(round / count) % 2 === 1;
  const order = Array.from({ length: count }, (_, index) => (index + round) % count);
  return isBackward ? order.reverse() : order;
}
