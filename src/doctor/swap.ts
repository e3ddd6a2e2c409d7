import { readFileSync, readlinkSync } from 'node:fs';

/**
 * Swap areas that keep what is written to them in plain text, by their paths; `undefined` when the kernel
 * does not say. Memory that is compressed (zram) and devices that dm-crypt encrypts are none.
 *
 * Source: proc_swaps(5); Documentation/ABI/testing/sysfs-block-dm
 */
export function plainSwapAreas(
  read: (path: string) => string = (path) => readFileSync(path, 'utf8'),
  resolve: (path: string) => string = readlinkSync,
): readonly string[] | undefined {
  let lines: readonly string[];
  try {
    lines = read('/proc/swaps').trim().split('\n').slice(1);
  } catch {
    return undefined;
  }
  return lines
    .map((line) => line.split(/\s/u)[0] ?? '')
    .filter((path) => path !== '' && !path.startsWith('/dev/zram') && !isEncrypted(path));

  function isEncrypted(path: string): boolean {
    try {
      const device = path.startsWith('/dev/mapper/') ? resolve(path) : path;
      const name = device.slice(device.lastIndexOf('/') + 1);
      return read(`/sys/block/${name}/dm/uuid`).startsWith('CRYPT-');
    } catch {
      return false;
    }
  }
}
