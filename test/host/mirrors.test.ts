import { vol } from 'memfs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  DEBIAN_KEYRING,
  debianLines,
  parseDeb822,
  parseOneLine,
  readDebianMirrors,
  selectAptSettings,
} from '../../src/host/mirrors.ts';

vi.mock('node:fs', async () => (await import('memfs')).fs);
beforeEach(() => vol.reset());

const deb = (uri: string, suite: string): string =>
  `deb [signed-by=${DEBIAN_KEYRING}] ${uri} ${suite} main`;

describe('parseOneLine', () => {
  test('reads options, suites and components, and no comments or sources', () => {
    const text = `# deb http://old.example/debian bookworm main
deb [arch=amd64 signed-by=${DEBIAN_KEYRING}] http://m.example/debian bookworm main contrib # mine
deb-src http://m.example/debian bookworm main
`;
    expect(parseOneLine(text)).toEqual([
      {
        uri: 'http://m.example/debian',
        suite: 'bookworm',
        components: ['main', 'contrib'],
        signedBy: DEBIAN_KEYRING,
      },
    ]);
  });
});

describe('parseDeb822', () => {
  test('reads paragraphs with several suites, comments and continuation lines', () => {
    const text = `Types: deb deb-src
# a comment in between
URIs: http://m.example/debian
Suites: bookworm
 bookworm-updates
Components: main

Types: deb
URIs: http://m.example/off
Suites: bookworm
Components: main
Enabled: no
`;
    expect(parseDeb822(text).map(({ uri, suite }) => `${uri} ${suite}`)).toEqual([
      'http://m.example/debian bookworm',
      'http://m.example/debian bookworm-updates',
    ]);
  });
});

describe('debianLines', () => {
  const source = (uri: string, suite: string, signedBy?: string) => ({
    uri,
    suite,
    components: ['main'],
    signedBy,
  });

  test('carries the mirrors of this host over to another release', () => {
    const sources = [
      source('http://m.example/debian', 'bookworm'),
      source('http://m.example/debian', 'bookworm-updates'),
      source('http://s.example/debian-security', 'bookworm-security'),
    ];
    expect(debianLines(sources, 'trixie')).toEqual([
      deb('http://m.example/debian', 'trixie'),
      deb('http://m.example/debian', 'trixie-updates'),
      deb('http://s.example/debian-security', 'trixie-security'),
    ]);
  });

  test('leaves out third parties, known by their own key or their own suite', () => {
    const sources = [
      source('https://docker.example/linux/debian', 'bookworm', '/etc/apt/keyrings/docker.gpg'),
      source('https://node.example/node_20.x', 'nodistro'),
      source('https://own.example', 'bookworm', '-----BEGIN PGP PUBLIC KEY BLOCK-----'),
    ];
    expect(debianLines(sources, 'trixie')).toEqual([]);
  });

  test('knows no mirror on a host that is no Debian', () => {
    expect(debianLines([source('http://m.example/ubuntu', 'noble')], 'trixie')).toEqual([]);
  });

  test('takes only what is fetched over http', () => {
    expect(debianLines([source('cdrom:[Debian]', 'bookworm')], 'trixie')).toEqual([]);
  });
});

describe('readDebianMirrors', () => {
  test('reads both formats, wherever they are', () => {
    vol.fromJSON({
      '/etc/apt/sources.list': 'deb http://one.example/debian bookworm main\n',
      '/etc/apt/sources.list.d/debian.sources':
        'Types: deb\nURIs: http://two.example/debian-security\nSuites: bookworm-security\nComponents: main\n',
      '/etc/apt/sources.list.d/ignored.txt': 'deb http://three.example/debian bookworm main\n',
    });
    expect(readDebianMirrors('trixie')).toEqual([
      deb('http://one.example/debian', 'trixie'),
      deb('http://two.example/debian-security', 'trixie-security'),
    ]);
  });

  test('finds nothing on a host without apt', () => {
    expect(readDebianMirrors('trixie')).toEqual([]);
  });
});

test('selectAptSettings keeps what is about reaching the archive', () => {
  const dump = `APT::Architecture "amd64";
Acquire::http::Proxy "http://user:word@p.example:3142/";
Acquire::http::Proxy::m.example "DIRECT";
Acquire::https "";
Acquire::Check-Date "false";
Acquire::Languages:: "none";
DPkg::Pre-Install-Pkgs:: "/usr/sbin/dpkg-preconfigure --apt || true";
Acquire::http::Proxy-Auto-Detect "/usr/bin/x"; DPkg::Post-Invoke "evil";
`;
  expect(selectAptSettings(dump)).toEqual([
    'Acquire::http::Proxy "http://user:word@p.example:3142/";',
    'Acquire::http::Proxy::m.example "DIRECT";',
    'Acquire::Check-Date "false";',
  ]);
});
