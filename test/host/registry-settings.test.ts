import { describe, expect, it } from 'vitest';
import {
  cargoAddresses,
  npmAddresses,
  pipAddresses,
  registryOf,
} from '../../src/host/registry-settings.ts';

describe('registryOf', () => {
  it.each([
    ['https://packages.test/npm/', 'packages.test', 443],
    ['http://user:secret@packages.test:8080/x', 'packages.test', 8080],
    ['sparse+https://index.test/', 'index.test', 443],
    ['http://[2001:db8::1]/debian', '2001:db8::1', 80],
    ['https://BÜCHER.test/', 'xn--bcher-kva.test', 443],
  ])('takes host and port from %s, and nothing else', (address, host, port) => {
    expect(registryOf('t', address)).toEqual({ tool: 't', host, port });
  });

  it.each(['', 'file:///srv/debian', 'ssh://git.test/x', 'cdrom:[x]/', 'packages.test', 'http://'])(
    'takes none from %j',
    (address) => {
      expect(registryOf('t', address)).toBeUndefined();
    },
  );
});

describe('what the tools say', () => {
  it('npm: the registry and those of scopes', () => {
    const json =
      '{"registry":"https://a.test/","@corp:registry":"https://b.test","user":"https://c.test"}';
    expect(npmAddresses(json)).toEqual(['https://a.test/', 'https://b.test']);
    for (const wrong of ['', 'null', '[]', '{"registry":1}', 'npm ERR!']) {
      expect(npmAddresses(wrong)).toEqual([]);
    }
  });

  const help =
    '  -i, --index-url <url>       Base URL of the Package Index (default\n                              https://usual.test/simple). This should\n';

  it('pip: what is configured, and its own default when no index is', () => {
    const list =
      ":env:.extra-index-url='https://a.test/s\\nhttps://b.test/s'\nglobal.cert='/etc/x'\n";
    const found = ['https://a.test/s', 'https://b.test/s'];
    expect(pipAddresses(list, help)).toEqual([...found, 'https://usual.test/simple']);
    const own = `${list}global.index-url='https://c.test/simple'\n`;
    expect(pipAddresses(own, help)).toEqual([...found, 'https://c.test/simple']);
    expect(pipAddresses('', 'no such help')).toEqual([]);
  });

  it('cargo: registries and indexes, not paths', () => {
    const text =
      '[source.mirror]\nregistry = "sparse+https://a.test/index/"\n[registries.corp]\nindex = \'https://b.test/i\'\n[source.local]\ndirectory = "/srv"\n[registries]\nc.index = "http://c.test"\nd.index = "file:///d"\n';
    expect(cargoAddresses(text)).toEqual([
      ...['sparse+https://a.test/index/', 'https://b.test/i', 'http://c.test'],
    ]);
  });
});
