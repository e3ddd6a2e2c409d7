import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { PUBLIC_AUTHORITIES } from './authorities.ts';
import { writeFileAtomic } from './files.ts';

/** One certificate. Source: RFC 7468 section 5, PEM_read_bio_X509(3) */
const CERTIFICATE =
  /-----BEGIN ((?:X509 |TRUSTED )?CERTIFICATE)-----([A-Za-z0-9+/=\s]+)-----END \1-----/gu;

/**
 * Writes to `path` what is in these files and in no public list; PEM, perhaps nothing.
 *
 * Errors: see `writeFileAtomic`
 */
export function keepOwn(files: readonly string[], path: string): void {
  writeFileAtomic(path, ownOf(files));
}

function ownOf(files: readonly string[]): string {
  const known = new Set(process.getBuiltinModule('tls').rootCertificates.flatMap(bodiesIn));
  for (const path of publicFiles()) for (const body of bodiesIn(read(path))) known.add(body);
  const own = new Set(files.flatMap((path) => bodiesIn(read(path))));
  return [...own]
    .filter((body) => !known.has(body))
    .map(pemOf)
    .join('');
}

function publicFiles(): readonly string[] {
  if (!existsSync(PUBLIC_AUTHORITIES)) return [];
  return readdirSync(PUBLIC_AUTHORITIES).map((name) => `${PUBLIC_AUTHORITIES}/${name}`);
}

/** Base64 of each certificate, without line breaks. */
function bodiesIn(pem: string): readonly string[] {
  return [...pem.matchAll(CERTIFICATE)].map(([, , body = '']) => body.replace(/\s+/gu, ''));
}

function pemOf(body: string): string {
  const lines = body.match(/.{1,64}/gu) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function read(path: string): string {
  return readFileSync(path, 'latin1');
}
