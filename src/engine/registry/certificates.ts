import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { fileError } from '../../host/errors.ts';
import { hostCaBundle } from '../../host/authorities.ts';
import type { Account } from './account.ts';

/** Whom to trust, and with what to introduce oneself. */
export interface Certificates {
  /** PEM; `undefined` for the list that Node brings along */
  readonly ca: readonly string[] | undefined;
  /** A certificate of the user's own for this registry, with its key; PEM */
  readonly client: { readonly cert: string; readonly key: string } | undefined;
}

/**
 * The authorities that the host trusts and those that the user has put beside the registry's name
 * (`*.crt`), with a client certificate (`*.cert`, `*.key`) if there is one.
 *
 * Errors: those of the file system
 * Source: containers-certs.d(5)
 */
export function certificatesFor(registry: string, account: Account): Certificates {
  const dir = directoriesFor(registry, account).find((path) => existsSync(path));
  const names = dir === undefined ? [] : namesIn(dir);
  const further = names.filter((name) => name.endsWith('.crt')).map((name) => `${dir}/${name}`);
  const bundle = hostCaBundle(account.env, account.stateDir);
  const paths = [...(bundle === undefined ? [] : [bundle]), ...further];
  const known = bundle === undefined && further.length > 0 ? nodesOwn() : [];
  const ca = [...known, ...paths.map(readPem)];
  const cert = names.find((name) => name.endsWith('.cert'));
  const key = cert?.replace(/\.cert$/u, '.key');
  const client =
    cert === undefined || key === undefined || !names.includes(key)
      ? undefined
      : { cert: readPem(`${dir}/${cert}`), key: readPem(`${dir}/${key}`) };
  return { ca: ca.length === 0 ? undefined : ca, client };
}

function directoriesFor(registry: string, { home }: Account): readonly string[] {
  return [
    `${home}/.config/containers/certs.d`,
    '/etc/containers/certs.d',
    '/etc/docker/certs.d',
  ].map((path) => `${path}/${registry}`);
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).sort();
  } catch (thrown) {
    throw fileError(thrown, 'read the certificates in', dir);
  }
}

function nodesOwn(): readonly string[] {
  return process.getBuiltinModule('tls').rootCertificates;
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (thrown) {
    throw fileError(thrown, 'read the certificate', path);
  }
}
