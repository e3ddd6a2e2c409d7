import { describe, expect, it } from 'vitest';
import { archOf } from '../../../src/sandbox/seccomp/calls.ts';
import { table } from './support.ts';

describe('the table of calls', () => {
  it.each([
    ['x86_64', 'read', 0],
    ['x86_64', 'clone3', 435],
    ['x86_64', 'mseal', 462],
    ['aarch64', 'read', 63],
    ['aarch64', 'execve', 221],
    ['aarch64', 'rseq', 293],
    ['aarch64', 'file_setattr', 469],
  ] as const)('has for %s %s as %i', (arch, name, number) => {
    expect(table.numbers[arch].get(name)).toBe(number);
  });

  it('has each number once, and both processors the same from 424 on', () => {
    const { x86_64: intel, aarch64: arm } = table.numbers;
    for (const numbers of [intel, arm]) expect(new Set(numbers.values()).size).toBe(numbers.size);
    const recent = (numbers: ReadonlyMap<string, number>) =>
      [...numbers].filter(([, number]) => number >= 424).sort();
    expect(recent(arm)).toEqual(recent(intel));
  });

  it('knows names of other processors as names', () => {
    expect(table.known.has('socketcall')).toBe(true);
    expect(table.numbers.x86_64.has('socketcall')).toBe(false);
  });

  it('knows the processors by their names in Node, and refuses others', () => {
    expect([archOf('x64'), archOf('arm64')]).toEqual(['x86_64', 'aarch64']);
    expect(() => archOf('s390x')).toThrow(expect.objectContaining({ code: 'unsupported' }));
  });
});
