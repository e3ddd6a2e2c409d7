import { describe, expect, it } from 'vitest';
import { installFailure } from '../../src/session/install-failure.ts';

describe('installFailure', () => {
  it.each([
    [
      ['npm error code ENOTFOUND', 'npm error network request to https://r.example/x failed'],
      'unavailable',
      /cannot be reached \(network request/u,
    ],
    [['npm ERR! code E404', "npm ERR! 404 '@x/y@1' is not in this registry."], 'not_found', /404/u],
    [['npm error code ETARGET'], 'not_found', /version/u],
    [
      ['npm error code SELF_SIGNED_CERT_IN_CHAIN', 'npm error self-signed certificate'],
      'unavailable',
      /certificate .* is not trusted/u,
    ],
    [['npm error code E401'], 'unauthenticated', /refused/u],
    [['npm error code ENOSPC', 'npm error nospc'], 'resource_exhausted', /disk is full/u],
    [['npm error code E503'], 'unavailable', /fault/u],
    [
      [
        'npm error code 1',
        'npm error command sh -c node install.js',
        'npm error Error: Request failed: getaddrinfo ENOTFOUND github.com',
      ],
      'unavailable',
      /github\.com cannot be reached/u,
    ],
    [
      ['curl: (6) Could not resolve host: files.example'],
      'unavailable',
      /files\.example cannot be reached/u,
    ],
    [
      ['ct: https://a.example/x.tar.gz has the SHA-256 00, and not 11'],
      'failed_precondition',
      /has the SHA-256 00/u,
    ],
    [
      ['added 1', 'ct: @x/y@1 has no program called y'],
      'failed_precondition',
      /no program called y/u,
    ],
    [[], 'failed_precondition', /status 9/u],
  ])('%j → %s', (lines, code, message) => {
    const error = installFailure('Agent', 9, lines);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  });

  it('takes the words of packages that merely mention an error for nothing', () => {
    expect(installFailure('Agent', 1, ['see ENOTFOUND in the manual']).code).toBe(
      'failed_precondition',
    );
  });
});
