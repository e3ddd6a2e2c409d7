import type { ErrorCode } from '../base/errors.ts';

/** What a failed pull comes to. */
export interface PullFailure {
  readonly code: ErrorCode;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** How pulls fail, in the same words whichever engine pulls. */
export const PULL_FAILURES = {
  login: {
    code: 'unauthenticated',
    hint: 'the registry wants a login: podman login REGISTRY (skopeo login and docker login do as well)',
  },
  unknown: { code: 'not_found', details: { missing: 'reference' } },
  certificate: {
    code: 'unavailable',
    hint: "nobody whom the engine trusts vouches for the registry's certificate: put its authority into ~/.config/containers/certs.d/REGISTRY/ca.crt",
  },
  unreachable: {
    code: 'unavailable',
    hint: 'the registry cannot be reached: check the network and the proxy variables',
  },
} as const satisfies Readonly<Record<string, PullFailure>>;
