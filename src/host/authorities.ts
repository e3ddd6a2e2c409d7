import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, statSync } from 'node:fs';
import type { Authorities } from '../sandbox/certificates.ts';
import { writeFileAtomic } from './files.ts';

/** Public authorities as Debian and its like deliver them, also such as Node has given up since. */
export const PUBLIC_AUTHORITIES = '/usr/share/ca-certificates/mozilla';

/** Where distributions keep the bundle of certificate authorities: Debian and Arch, Fedora, SUSE. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
];

/** Variables by which users tell programs of a further authority. */
const BUNDLE_VARIABLES = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];

/** How a host's authorities are asked for. */
type Asked = readonly [env: NodeJS.ProcessEnv, stateDir: string, further?: readonly string[]];

/**
 * A file with every certificate authority that the host's programs trust, to be seen inside too;
 * `undefined` when the host has none.
 *
 * The host's own bundle where that is all; else a merged copy in the state directory, whose name
 * changes with its inputs.
 */
export function hostCaBundle(...[env, stateDir, further]: Asked): string | undefined {
  return bundleOf(filesWith(env, further), stateDir);
}

function bundleOf(files: readonly string[], stateDir: string): string | undefined {
  if (files.length <= 1) return files[0];
  const merged = `${stateDir}/ca-${stampOf(files)}.pem`;
  if (!existsSync(merged)) {
    const texts = files.map((path) => `${readFileSync(path, 'utf8').trimEnd()}\n`);
    writeFileAtomic(merged, texts.join(''));
  }
  return merged;
}

/** The same, and beside it those of this host alone, in a file that is made once. */
export async function hostAuthorities(...[env, stateDir, further]: Asked): Promise<Authorities> {
  const files = filesWith(env, further);
  const inputs = [...files, ...[PUBLIC_AUTHORITIES].filter((path) => existsSync(path))];
  const own = `${stateDir}/own-ca-${stampOf(inputs)}.pem`;
  if (!existsSync(own)) await import('./own-authorities.ts').then((its) => its.keepOwn(files, own));
  return { bundle: bundleOf(files, stateDir), own: statSync(own).size > 0 ? own : undefined };
}

function filesWith(env: NodeJS.ProcessEnv, further: readonly string[] = []): readonly string[] {
  const system = SYSTEM_BUNDLES.filter((path) => existsSync(path)).slice(0, 1);
  const named = BUNDLE_VARIABLES.flatMap((name) => env[name] ?? []);
  return [...new Set([...system, ...named, ...further])].filter(isReadableFile);
}

/** Changes with any of these files, and with Node and its list. */
function stampOf(paths: readonly string[]): string {
  const stamps = paths.map((path) => {
    const { size, mtimeMs, ino, dev } = statSync(path);
    return [size, Math.trunc(mtimeMs), ino, dev].map((number) => number.toString(36)).join('.');
  });
  const stamp = [process.version, ...stamps].join('-');
  // Cryptography takes longer to load than all else here.
  return stamp.length <= LONGEST ? stamp : createHash('sha256').update(stamp).digest('hex');
}

/** In a file's name, which has 255 bytes. Source: path_resolution(7) */
const LONGEST = 200;

function isReadableFile(path: string): boolean {
  try {
    const stat = statSync(path);
    accessSync(path, constants.R_OK);
    return path.startsWith('/') && stat.isFile() && stat.size > 0;
  } catch {
    return false;
  }
}
