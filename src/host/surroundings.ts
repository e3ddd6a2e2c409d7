import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { writeFileAtomic } from './files.ts';

/** Where distributions keep the bundle of certificate authorities: Debian and Arch, Fedora, SUSE. */
const SYSTEM_BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
];

/** Variables by which users tell programs of a further authority. */
const BUNDLE_VARIABLES = ['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'];

/**
 * A file with every certificate authority that the host's programs trust, to be seen inside too;
 * `undefined` when the host has none.
 *
 * The host's own bundle where that is all; else a merged copy in the state directory, whose name
 * changes with its inputs.
 */
export function hostCaBundle(
  env: NodeJS.ProcessEnv,
  stateDir: string,
  further: readonly string[] = [],
): string | undefined {
  const system = SYSTEM_BUNDLES.filter((path) => existsSync(path)).slice(0, 1);
  const named = BUNDLE_VARIABLES.flatMap((name) => env[name] ?? []);
  const all = [...new Set([...system, ...named, ...further])].filter(isReadableFile);
  if (all.length <= 1) return all[0];
  const stamp = createHash('sha256')
    .update(JSON.stringify(all.map(stampOf)))
    .digest('hex');
  const merged = `${stateDir}/ca-${stamp.slice(0, 16)}.pem`;
  if (!existsSync(merged)) {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
    writeFileAtomic(
      merged,
      all.map((path) => `${readFileSync(path, 'utf8').trimEnd()}\n`).join(''),
    );
  }
  return merged;
}

/**
 * The proxies that programs on this host use, in the lower-case and upper-case names that programs
 * look for. Values may hold credentials.
 */
export function hostProxies(env: NodeJS.ProcessEnv): Readonly<Record<string, string>> {
  const proxies: Record<string, string> = {};
  for (const name of ['http_proxy', 'https_proxy', 'no_proxy', 'all_proxy']) {
    const value = env[name] ?? env[name.toUpperCase()];
    if (value === undefined || value === '' || /[\r\n]/u.test(value)) continue;
    proxies[name] = value;
    proxies[name.toUpperCase()] = value;
  }
  return proxies;
}

function stampOf(path: string): readonly unknown[] {
  const { size, mtimeMs, ino } = statSync(path);
  return [path, size, mtimeMs, ino];
}

function isReadableFile(path: string): boolean {
  try {
    const stat = statSync(path);
    accessSync(path, constants.R_OK);
    return path.startsWith('/') && stat.isFile() && stat.size > 0;
  } catch {
    return false;
  }
}
