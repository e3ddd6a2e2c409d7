import { describe, expect, test } from 'vitest';
import { aptPlaceOptions, debianMirror, placeEnvironment } from '../../setup/place.mjs';

describe('the Debian mirror of a machine', () => {
  test('is found in one-line sources, with and without options', () => {
    const text = [
      '# deb http://old.example/debian bookworm main',
      'deb https://vendor.example/apt stable main',
      'deb [arch=amd64 signed-by=/k.gpg] http://mirror.example/debian bookworm main',
    ].join('\n');
    expect(debianMirror(text, 'bookworm')).toBe('http://mirror.example/debian');
  });

  test('is found in deb822 sources, past comments and disabled stanzas', () => {
    const text = [
      'Enabled: no\nTypes: deb\nURIs: http://off.example/debian\nSuites: trixie',
      'Types: deb\n# http://snapshot.example/x\nURIs: http://mirror.example/debian\nSuites: trixie trixie-updates',
      'Types: deb\nURIs: http://mirror.example/debian-security\nSuites: trixie-security',
    ].join('\n\n');
    expect(debianMirror(text, 'trixie')).toBe('http://mirror.example/debian');
  });

  test('is unknown when no archive has the suite', () => {
    expect(debianMirror('deb http://mirror.example/debian sid main', 'trixie')).toBeUndefined();
    expect(debianMirror('deb file:/srv/debian trixie main', 'trixie')).toBeUndefined();
  });
});

test('keeps of apt configuration only how archives are reached', () => {
  const dump = [
    'APT::Architecture "amd64";',
    'Acquire::http "";',
    'Acquire::http::Proxy "http://proxy.example:3142";',
    'Acquire::https::Proxy "";',
    'Acquire::Languages "none";',
    'Acquire::Check-Valid-Until "false";',
  ].join('\n');
  expect(aptPlaceOptions(dump)).toEqual([
    'Acquire::http::Proxy "http://proxy.example:3142";',
    'Acquire::Check-Valid-Until "false";',
  ]);
});

test('takes over proxies and authorities of the caller, and nothing else', () => {
  const env = {
    https_proxy: 'http://p:1',
    NODE_EXTRA_CA_CERTS: '',
    SSL_CERT_FILE: '/c',
    TOKEN: 'x',
  };
  expect(placeEnvironment(env)).toEqual({ https_proxy: 'http://p:1', SSL_CERT_FILE: '/c' });
});
