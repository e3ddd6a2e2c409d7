import { vol } from 'memfs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { hostCaBundle, hostProxies } from '../../src/host/surroundings.ts';

vi.mock('node:fs', async () => (await import('memfs')).fs);
vi.mock('../../src/host/files.ts', () => ({
  writeFileAtomic: (path: string, text: string) => vol.writeFileSync(path, text),
}));

const SYSTEM = '/etc/ssl/certs/ca-certificates.crt';

beforeEach(() => {
  vol.reset();
  vol.fromJSON({ [SYSTEM]: 'system\n', '/corp.pem': 'corp' });
});

describe('hostCaBundle', () => {
  test("is the host's own file when nothing else is named", () => {
    expect(hostCaBundle({}, '/state')).toBe(SYSTEM);
    expect(hostCaBundle({ SSL_CERT_FILE: SYSTEM, NODE_EXTRA_CA_CERTS: SYSTEM }, '/state')).toBe(
      SYSTEM,
    );
  });

  test('is a merged copy when the user named a further authority', () => {
    const merged = hostCaBundle({ NODE_EXTRA_CA_CERTS: '/corp.pem' }, '/state');
    expect(merged).toMatch(/^\/state\/ca-[0-9a-f]{16}\.pem$/u);
    expect(vol.readFileSync(merged ?? '', 'utf8')).toBe('system\ncorp\n');
    expect(hostCaBundle({}, '/state', ['/corp.pem'])).toBe(merged);
  });

  test('follows a change of the file', () => {
    const env = { NODE_EXTRA_CA_CERTS: '/corp.pem' };
    const before = hostCaBundle(env, '/state');
    vol.writeFileSync('/corp.pem', 'a new authority');
    expect(hostCaBundle(env, '/state')).not.toBe(before);
  });

  test('leaves out what is missing, relative, empty or a directory', () => {
    vol.fromJSON({ '/empty.pem': '', '/dir/x': '' });
    for (const path of ['/no.pem', 'corp.pem', '/empty.pem', '/dir']) {
      expect(hostCaBundle({ NODE_EXTRA_CA_CERTS: path }, '/state')).toBe(SYSTEM);
    }
  });

  test('is nothing on a host without certificates', () => {
    vol.reset();
    expect(hostCaBundle({}, '/state')).toBeUndefined();
  });
});

describe('hostProxies', () => {
  test('gives each proxy under both names, whichever was set', () => {
    expect(hostProxies({ HTTPS_PROXY: 'http://p.example:1', HOME: '/h' })).toEqual({
      https_proxy: 'http://p.example:1',
      HTTPS_PROXY: 'http://p.example:1',
    });
  });

  test('leaves out empty ones and ones with a line break', () => {
    expect(hostProxies({ http_proxy: '', https_proxy: 'x\ny' })).toEqual({});
  });
});
