import { describe, expect, it } from 'vitest';
import { plainSwapAreas } from '../../src/doctor/swap.ts';

const HEAD = 'Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n';
const none = (path: string): never => {
  throw new Error(path);
};

/** A host with these files. */
function on(files: Readonly<Record<string, string>>, links: Readonly<Record<string, string>> = {}) {
  return plainSwapAreas(
    (path) => files[path] ?? none(path),
    (path) => links[path] ?? none(path),
  );
}

describe('swap areas in plain text', () => {
  it('are partitions and files, and not memory or encrypted devices', () => {
    const swaps = [
      '/dev/vda2                               partition\t1\t0\t-2',
      '/swap/my\\040file                        file\t\t1\t0\t-3',
      '/dev/zram0                              partition\t1\t0\t100',
      '/dev/dm-1                               partition\t1\t0\t-4',
      '/dev/mapper/swap                        partition\t1\t0\t-5',
      '/dev/dm-3                               partition\t1\t0\t-6',
    ];
    const files = {
      '/proc/swaps': `${HEAD}${swaps.join('\n')}\n`,
      '/sys/block/dm-1/dm/uuid': 'CRYPT-PLAIN-swap\n',
      '/sys/block/dm-2/dm/uuid': 'CRYPT-LUKS2-1-a\n',
      '/sys/block/dm-3/dm/uuid': 'LVM-abc\n',
    };
    const plain = on(files, { '/dev/mapper/swap': '../dm-2' });
    expect(plain).toEqual(['/dev/vda2', '/swap/my\\040file', '/dev/dm-3']);
  });

  it('are none on a host without swap, and unknown where the kernel does not say', () => {
    expect(on({ '/proc/swaps': HEAD })).toEqual([]);
    expect(on({})).toBeUndefined();
  });
});
