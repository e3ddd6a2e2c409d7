import { expect, test } from 'vitest';
import { freeStart, parseSubids, planSubids } from '../../setup/subids.mjs';

const ann = { name: 'ann', uid: 1000 };

test('reads ranges by name and by number, and leaves out what is none', () => {
  expect(parseSubids('ann:100000:65536\n1001:165536:65536\n# note\nbroken:1\n')).toEqual([
    { owner: 'ann', start: 100_000, count: 65_536 },
    { owner: '1001', start: 165_536, count: 65_536 },
  ]);
});

test('finds the lowest gap that is long enough', () => {
  expect(freeStart([])).toBe(100_000);
  expect(freeStart(parseSubids('a:100000:65536\nb:300000:65536'))).toBe(165_536);
  expect(freeStart(parseSubids('b:200000:65536\na:100000:65536'))).toBe(265_536);
  expect(freeStart(parseSubids('a:120000:10'))).toBe(120_010);
  expect(freeStart(parseSubids('a:100000:200000\nb:150000:10'))).toBe(300_000);
});

test('plans nothing for an account that has its ranges', () => {
  expect(planSubids(ann, () => 'ann:100000:65536')).toEqual([]);
  expect(planSubids(ann, () => '1000:100000:65536')).toEqual([]);
});

test('adds a range that overlaps no other, also when the own one is too short', () => {
  const changes = planSubids(ann, () => 'bob:100000:65536\nann:165536:1000');
  expect(changes.map((change) => change.commands)).toEqual([
    [['usermod', '--add-subuids', '166536-232071', 'ann']],
    [['usermod', '--add-subgids', '166536-232071', 'ann']],
  ]);
});
