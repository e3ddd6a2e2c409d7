import { userInfo } from 'node:os';
import { installCommand } from '../../setup/install.mjs';

/** Installs `ct` for the caller below a directory, as `npm start` does; resolves to the command's path. */
export function installedAt(directory: string, hasSnapshot: boolean): Promise<string> {
  const { username, uid, gid, homedir } = userInfo();
  const self = { name: username, uid, gid, home: homedir, isSelf: true };
  const host = { privilege: 'root', user: username, name: '', codename: '' } as const;
  const prefix = `${directory}/${hasSnapshot ? 'quick' : 'plain'}`;
  return installCommand(host, self, { prefix, hasSnapshot });
}
