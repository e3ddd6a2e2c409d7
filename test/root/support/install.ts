import { installCommand } from '../../../setup/install.mjs';
import { GROUND } from './accounts.ts';

/**
 * Installs `ct` as `npm start` does, below a prefix of our own; resolves to the command's path. With `hasSnapshot` as
 * where Node comes from Debian.
 */
export function installCt({ hasSnapshot = false } = {}): Promise<string> {
  const host = { privilege: 'root', user: 'root', name: '', codename: '' } as const;
  const nobody = { name: 'nobody', uid: 65_534, gid: 65_534, home: '/', isSelf: false };
  return installCommand(host, nobody, { prefix: GROUND, hasSnapshot });
}
