import type { Mount } from './spec.ts';

/** Files of the host with the certificate authorities that its programs trust. */
export interface Authorities {
  /** All of them; `undefined` on a host that has none */
  readonly bundle: string | undefined;
  /** Those of this host alone (its company's, its proxy's), which no program brings along */
  readonly own: string | undefined;
}

/** The bundle inside the image, where Debian's own programs look for it. */
export const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/** The host's own authorities inside. /run is a tmpfs: nothing has to be made in an image. */
const OWN_AUTHORITIES = '/run/ct-authorities.pem';

/**
 * Variables that make every common runtime trust what the host trusts: OpenSSL programs and Python read
 * a directory of hashed links otherwise. Node, and agents that bring one, have the public list compiled
 * in and read a further file at every start, at a millisecond for each certificate (130 ms for a whole
 * bundle): they get what is missing.
 *
 * Source: node(1) NODE_EXTRA_CA_CERTS, docs/adr/0023-authorities.md
 */
export function caEnvironment({ own }: Authorities): Readonly<Record<string, string>> {
  return {
    SSL_CERT_FILE: CA_BUNDLE,
    REQUESTS_CA_BUNDLE: CA_BUNDLE,
    ...(own !== undefined && { NODE_EXTRA_CA_CERTS: OWN_AUTHORITIES }),
  };
}

/** The host's bundle over the image's: agents behind an intercepting proxy must trust it. */
export function caMounts({ bundle, own }: Authorities): readonly Mount[] {
  return [...bind(bundle, CA_BUNDLE), ...bind(own, OWN_AUTHORITIES)];
}

function bind(source: string | undefined, target: string): readonly Mount[] {
  return source === undefined ? [] : [{ kind: 'bind', source, target, readOnly: true }];
}
