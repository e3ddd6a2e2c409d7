import type { CheckResult } from '../../src/doctor/check.ts';
import { examine } from '../../src/doctor/examine.ts';
import type { EngineFacts, HostFacts } from '../../src/doctor/facts.ts';

/** What an engine says on a host without faults. */
export const goodEngine = {
  state: 'asked',
  info: {
    product: 'Podman',
    version: '5.4.2',
    apiVersion: '5.4.2',
    rootless: true,
    storageDriver: 'overlay',
    graphRoot: '/home/me/.local/share/containers/storage',
    runRoot: '/run/user/1000/containers',
    ociRuntime: { name: 'crun', path: '/usr/bin/crun', version: '1.21' },
    cgroupVersion: 'v2',
    cgroupManager: 'systemd',
    cgroupControllers: ['cpu', 'memory', 'pids'],
    networkHelpers: ['/usr/bin/pasta'],
    address: '/run/user/1000/podman/podman.sock',
  },
  stock: { images: ['localhost/ct:abc'], agents: ['gemini'] },
} satisfies EngineFacts;

/** A host without faults. */
export const goodHost: HostFacts = {
  account: { uid: 1000, name: 'me' },
  nodeVersion: 'v24.1.0',
  nodeStart: 'itself',
  kernelRelease: '6.12.0-amd64',
  userns: { max: 30_000, cloneSwitch: undefined, apparmorSwitch: undefined },
  subids: {
    ...{ uidCount: 65_536, gidCount: 65_536, addCommand: undefined },
    ...{ mappedCount: 65_536, arePrivileged: true },
  },
  cgroup: { layout: 'v2', controllers: ['cpu', 'memory', 'pids'] },
  hasSeccomp: true,
  devices: { tun: 'usable', fuse: 'usable' },
  programs: Object.fromEntries(
    [
      ...['podman', 'crun', 'runc', 'newuidmap', 'newgidmap', 'pasta', 'mmdebstrap'],
      ...['nft', 'perl'],
      ...['containerd', 'containerd-shim-runc-v2', 'rootlesskit', 'nsenter'],
    ].map((name) => [name, `/usr/bin/${name}`]),
  ),
  podmanVersion: '5.4.2',
  runtimeDir: { variable: '/run/user/1000', state: 'own', isInMemory: true },
  networkFs: { home: undefined, containers: undefined },
  hasSystemd: true,
  isLingering: true,
  service: { state: 'installed', missing: [] },
  plainSwap: [],
  freeBytes: 50 * 1024 ** 3,
  engine: goodEngine,
};

/** The good host without some programs. */
export function without(...names: readonly string[]): HostFacts['programs'] {
  return Object.fromEntries(
    Object.entries(goodHost.programs).filter(([name]) => !names.includes(name)),
  );
}

/** What one check says of the good host with `changes`. */
export function judge(id: string, changes: Partial<HostFacts>): CheckResult {
  const result = examine({ ...goodHost, ...changes }).checks.find((check) => check.id === id);
  if (result === undefined) throw new Error(`there is no check ${id}`);
  return result;
}
