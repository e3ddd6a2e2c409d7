import { describe, expect, it } from 'vitest';
import { orderOf } from '../../src/bench/turns.ts';

describe('orderOf', () => {
  it('lets every case come in every place, equally often', () => {
    const rounds = Array.from({ length: 8 }, (_, round) => orderOf(4, round));
    for (let place = 0; place < 4; place += 1) {
      const there = rounds.map((order) => order[place]);
      for (let one = 0; one < 4; one += 1) {
        expect(there.filter((index) => index === one)).toHaveLength(2);
      }
    }
  });

  it('puts each of two before the other as often as behind it', () => {
    const orders = Array.from({ length: 4 }, (_, round) => orderOf(2, round).join());
    expect(orders.filter((order) => order === '0,1')).toHaveLength(2);
    expect(orders.filter((order) => order === '1,0')).toHaveLength(2);
  });
});
