import type { Mount } from './spec.ts';

/** The bundle inside the image, where Debian's own programs look for it. */
export const CA_BUNDLE = '/etc/ssl/certs/ca-certificates.crt';

/**
 * Variables that make every common runtime use {@link CA_BUNDLE}: OpenSSL programs and Python read a
 * directory of hashed links otherwise, agents that bring their own Node read a compiled-in list.
 */
export const CA_ENVIRONMENT: Readonly<Record<string, string>> = {
  NODE_EXTRA_CA_CERTS: CA_BUNDLE,
  SSL_CERT_FILE: CA_BUNDLE,
  REQUESTS_CA_BUNDLE: CA_BUNDLE,
};

/** The host's bundle over the image's: agents behind an intercepting proxy must trust it. */
export function caMount(hostBundle: string | undefined): readonly Mount[] {
  if (hostBundle === undefined) return [];
  return [{ kind: 'bind', source: hostBundle, target: CA_BUNDLE, readOnly: true }];
}
