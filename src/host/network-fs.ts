import { statfsSync } from 'node:fs';

/** Source: linux/magic.h, statfs(2) */
const NETWORK_FS: Readonly<Record<number, string>> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'CIFS',
  0xfe534d42: 'SMB',
  0x5346414f: 'AFS',
  0x00c36400: 'Ceph',
  0x0bd00bd0: 'Lustre',
  0x01021997: '9p',
};

/**
 * Name of the network file system that a path is on; `undefined` on a local one. Rootless storage cannot
 * live there: the server does not know the subordinate ids.
 */
export function networkFileSystemOf(
  path: string,
  typeOf: (path: string) => number = (each) => statfsSync(each).type,
): string | undefined {
  try {
    return NETWORK_FS[typeOf(path) >>> 0];
  } catch {
    return undefined;
  }
}

/** What helps where containers would be stored on a network. Source: containers-storage.conf(5) */
export const LOCAL_STORAGE =
  'point graphroot of ~/.config/containers/storage.conf (for containerd: XDG_DATA_HOME) to a local directory of yours,\nand end the engine, which reads that when it starts; homes of agents and projects may stay';
