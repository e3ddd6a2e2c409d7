// @ts-check
/** The name `localhost`, which a bare root directory may lack, and without which vite won't start. */
import { lookup } from 'node:dns/promises';

/**
 * The change that makes the name known, when it isn't.
 * @returns {Promise<import('./change.mjs').Change[]>}
 */
export async function planLocalhost() {
  try {
    await lookup('localhost');
    return [];
  } catch {
    const input = '127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n';
    return [
      { text: 'name localhost in /etc/hosts', input, commands: [['tee', '-a', '/etc/hosts']] },
    ];
  }
}
