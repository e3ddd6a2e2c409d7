import { describe, expect, it } from 'vitest';
import { NameTable } from '../../src/network/names.ts';
import { kindOfText } from '../../src/network/special.ts';

const MINUTE = 60_000;

describe('the addresses of a session’s names', () => {
  it('stand for one name each, and stay', () => {
    const table = new NameTable();
    expect(table.assign('a.test', 'a.test', 0)).toEqual({ address: '198.18.0.1', isNew: true });
    expect(table.assign('b.test', 'b.test', 0)).toEqual({ address: '198.18.0.2', isNew: true });
    expect(table.assign('a.test', 'a.test', 9e9)).toEqual({ address: '198.18.0.1', isNew: false });
    expect(table.nameOf('198.18.0.2')).toBe('b.test');
    expect(table.nameOf('198.18.0.3')).toBeUndefined();
  });

  it('are in a range that no name may lead to', () => {
    const table = new NameTable({ names: 200_000, perRuleAMinute: Infinity });
    let last = '';
    for (let index = 0; ; index++) {
      const given = table.assign(`n${index}.test`, `r${index}`, 0);
      if ('exhausted' in given) break;
      last = given.address;
    }
    expect(table.size).toBe(131_070);
    expect(last).toBe('198.19.255.254');
    expect(kindOfText(last)).toBe('benchmarking');
    expect(kindOfText('198.18.0.1')).toBe('benchmarking');
  });

  it('run out, and then known names still have theirs', () => {
    const table = new NameTable({ names: 3, perRuleAMinute: 100 });
    for (const name of ['a', 'b', 'c']) table.assign(name, 'r', 0);
    expect(table.assign('d', 'r', 0)).toEqual({ exhausted: 'session' });
    expect(table.assign('b', 'r', 0)).toMatchObject({ isNew: false });
    expect(table.nameOf('198.18.0.4')).toBeUndefined();
  });

  it('come at a bounded rate for each rule', () => {
    const table = new NameTable({ names: 1000, perRuleAMinute: 2 });
    expect(table.assign('a.w.test', '*.w.test', 0)).toHaveProperty('address');
    expect(table.assign('b.w.test', '*.w.test', 30_000)).toHaveProperty('address');
    expect(table.assign('c.w.test', '*.w.test', 40_000)).toEqual({ exhausted: 'rule' });
    expect(table.assign('other.test', 'other.test', 40_000)).toHaveProperty('address');
    expect(table.assign('a.w.test', '*.w.test', 40_000)).toHaveProperty('address');
    expect(table.assign('c.w.test', '*.w.test', MINUTE)).toHaveProperty('address');
  });

  it('are other ones for each generation, so that a stale address is nobody’s', () => {
    const of = (generation: number): string => {
      const assigned = new NameTable(undefined, generation).assign('a.test', 'r', 0);
      return 'address' in assigned ? assigned.address : '';
    };
    expect([of(0), of(1), of(30), of(31)]).toEqual([
      ...['198.18.0.1', '198.18.16.1', '198.19.224.1', '198.18.0.1'],
    ]);
    const last = new NameTable({ names: 4096, perRuleAMinute: Infinity }, 30);
    const all = Array.from({ length: 4096 }, (_, at) => last.assign(`n${at}.test`, 'r', 0));
    expect(all.every((assigned) => 'address' in assigned)).toBe(true);
  });
});
