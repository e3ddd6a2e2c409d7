import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdirSync, statfsSync } from 'node:fs';
import { eventually } from '../../integration/support/ct.ts';
import { PATIENCE_MS } from './session.ts';

/** Of this account, on NFS that the machine serves itself. */
export const NFS_HOME = '/nfs/home';

/** Source: statfs(2) */
const NFS_MAGIC = 0x6969;

/** Waits until that home is there. */
export async function nfsHome(): Promise<void> {
  const isThere = (): boolean => {
    try {
      return statfsSync(NFS_HOME).type === NFS_MAGIC;
    } catch {
      return false;
    }
  };
  await eventually('there is a home on NFS', isThere, PATIENCE_MS);
}

export interface EngineOnNfs {
  readonly service: ChildProcess;
  readonly url: string;
}

/** A Podman whose containers are stored where it does by itself: in that home. */
export async function engineOnNfs(): Promise<EngineOnNfs> {
  const directory = `${process.env['XDG_RUNTIME_DIR']}/nfs`;
  mkdirSync(directory, { mode: 0o700 });
  const [socket, url] = [`${directory}/podman.sock`, `unix://${directory}/podman.sock`];
  const env = { ...process.env, HOME: NFS_HOME, XDG_RUNTIME_DIR: directory };
  const words = ['system', 'service', '--time', '0', url];
  const service = spawn('podman', words, { env, cwd: '/', stdio: 'ignore' });
  const ping = ['-s', '-o', '/dev/null', '--unix-socket', socket, 'http://engine/_ping'];
  const answers = (): boolean => spawnSync('curl', ping).status === 0;
  await eventually('the engine on NFS answers', answers, PATIENCE_MS);
  return { service, url };
}
