// @ts-check
/** Furnishes a guest's root with what belongs to the place: resolver, authorities, mirrors; and a Node where it has none. */
import { copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { runLogged } from './exec.mjs';
import { placeOptions } from './guest-root.mjs';

const FILES = [
  ...['/etc/resolv.conf', '/etc/npmrc', '/usr/etc/npmrc', '/usr/local/etc/npmrc'],
  '/etc/ssl/certs/ca-certificates.crt',
];

const AUTHORITIES = '/usr/local/share/ca-certificates';

/**
 * @param {string} root
 * @param {import('./account.mjs').Account} account
 */
export async function furnish(root, account) {
  for (const file of [
    ...FILES,
    process.env['NODE_EXTRA_CA_CERTS'] ?? '',
    process.env['SSL_CERT_FILE'] ?? '',
  ]) {
    if (file.startsWith('/') && existsSync(file)) layDown(root, file);
  }
  if (existsSync(AUTHORITIES)) {
    cpSync(AUTHORITIES, join(root, AUTHORITIES), { recursive: true, dereference: true });
  }
  const hasNode = existsSync(join(root, 'usr/bin/node'));
  if (!hasNode) copyFileSync(process.execPath, join(root, 'usr/local/bin/node'));
  const options = await placeOptions();
  if (options.length > 0)
    writeFileSync(join(root, 'etc/apt/apt.conf.d/90place'), `${options.join('\n')}\n`);
  writeFileSync(join(root, 'etc/hosts'), '127.0.0.1 localhost\n::1 localhost ip6-localhost\n');
  const containers = `${account.home}/.config/containers`;
  mkdirSync(join(root, containers), { recursive: true });
  writeFileSync(join(root, containers, 'storage.conf'), '[storage]\ndriver = "overlay"\n');
  const owner = `${account.uid}:${account.gid}`;
  await runLogged('could not furnish the guest', [
    'chown',
    '-R',
    '-h',
    owner,
    join(root, account.home),
  ]);
}

/**
 * @param {string} root
 * @param {string} file
 */
function layDown(root, file) {
  mkdirSync(join(root, dirname(file)), { recursive: true });
  copyFileSync(file, join(root, file));
}
