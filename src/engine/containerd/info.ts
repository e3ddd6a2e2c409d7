import { existsSync } from 'node:fs';
import { runProgram, systemPath } from '../../host/exec.ts';
import type { EngineInfo } from '../engine.ts';
import type { Backend } from './backend.ts';
import { Version } from './services.ts';

/** `Engine.info`. */
export async function containerdInfo({ transport, place }: Backend): Promise<EngineInfo> {
  const call = { doing: 'ask the engine about itself' };
  const { version } = await transport.unary(Version.version, {}, call);
  const runtime = place.runtime ?? 'runc';
  return {
    product: 'containerd',
    // Debian writes 1.6.20~ds1.
    version: version.replace(/^v/u, '').replace(/~.*$/u, ''),
    apiVersion: 'v1',
    rootless: true,
    storageDriver: place.snapshotter,
    graphRoot: place.dataDir,
    runRoot: place.ioDir,
    ociRuntime: {
      name: runtime.slice(runtime.lastIndexOf('/') + 1),
      path: place.runtime ?? '',
      version: await runtimeVersion(runtime),
    },
    // On a hybrid host our own daemon has a pure layout mounted over it.
    cgroupVersion:
      place.owner === 'ct' || existsSync('/sys/fs/cgroup/cgroup.controllers') ? 'v2' : 'v1',
    cgroupManager: '',
    // Containers here have no cgroup of their own.
    cgroupControllers: [],
    networkHelpers: helpers(),
    address: `unix://${place.socket}`,
  };
}

async function runtimeVersion(program: string): Promise<string> {
  const env = { PATH: systemPath(undefined) };
  const run = runProgram({ program, args: ['--version'], env }, { deadlineMs: 5_000 });
  const { stdout } = await run.catch(() => ({ stdout: '' }));
  return stdout.split('\n')[0] ?? '';
}

function helpers(): readonly string[] {
  return systemPath(undefined)
    .split(':')
    .map((dir) => `${dir}/slirp4netns`)
    .filter((path) => existsSync(path))
    .slice(0, 1);
}
