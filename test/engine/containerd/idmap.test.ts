import { describe, expect, it } from 'vitest';
import { idCount, keepId, parseIdMap, shiftId } from '../../../src/engine/containerd/idmap.ts';

const rootlesskit = parseIdMap(
  '         0       1004          1\n         1     100000      65536\n',
);

describe('the map of a user namespace', () => {
  it('is read as the kernel writes it', () => {
    expect(rootlesskit).toEqual([
      { inside: 0, outside: 1004, count: 1 },
      { inside: 1, outside: 100000, count: 65536 },
    ]);
    expect(() => parseIdMap('nonsense')).toThrow(expect.objectContaining({ code: 'internal' }));
  });

  it('counts as far as it has no gap', () => {
    expect(idCount(rootlesskit)).toBe(65537);
    expect(idCount([{ inside: 5, outside: 0, count: 9 }])).toBe(0);
  });
});

describe('keep-id', () => {
  it('puts the user at the kept id and everybody else beside him', () => {
    expect(keepId(rootlesskit, 1000)).toEqual([
      { containerID: 0, hostID: 1, size: 1000 },
      { containerID: 1000, hostID: 0, size: 1 },
      { containerID: 1001, hostID: 1001, size: 64536 },
    ]);
  });

  it.each([0, 1, 999, 1000, 1001, 65536])('shows id %i where the shift of images puts it', (id) => {
    const row = keepId(rootlesskit, 1000).find(
      ({ containerID, size }) => id >= containerID && id < containerID + size,
    );
    expect(shiftId(id, 1000)).toBe((row?.hostID ?? 0) + id - (row?.containerID ?? 0));
  });

  it('refuses a namespace with too few ids', () => {
    const small = [{ inside: 0, outside: 1000, count: 1 }];
    expect(() => keepId(small, 1000)).toThrow(
      expect.objectContaining({ code: 'failed_precondition' }),
    );
  });
});
