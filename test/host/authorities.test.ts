import { vol } from 'memfs';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { rootCertificates } from 'node:tls';
import { hostAuthorities, hostCaBundle } from '../../src/host/authorities.ts';

vi.mock('node:fs', async () => (await import('memfs')).fs);
vi.mock('../../src/host/files.ts', () => ({
  writeFileAtomic: (path: string, text: string) => vol.writeFileSync(path, text),
}));

const SYSTEM = '/etc/ssl/certs/ca-certificates.crt';

beforeEach(() => {
  vol.reset();
  vol.fromJSON({ [SYSTEM]: 'system\n', '/corp.pem': 'corp' });
  vol.mkdirSync('/state');
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
    expect(merged).toMatch(/^\/state\/ca-[\w.-]+\.pem$/u);
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

describe('hostAuthorities', () => {
  const pem = (body: string): string =>
    `-----BEGIN CERTIFICATE-----\n${body}\n-----END CERTIFICATE-----\n`;
  const known = rootCertificates.slice(0, 2).join('\n');
  const own = async (): Promise<string | undefined> => (await hostAuthorities({}, '/state')).own;

  test('has nothing of its own where all of it is public', async () => {
    const given_up = '/usr/share/ca-certificates/mozilla/Given_Up.crt';
    vol.fromJSON({ [SYSTEM]: `${known}\n${pem('AAAA')}`, [given_up]: pem('AAAA') });
    expect(await hostAuthorities({}, '/state')).toEqual({ bundle: SYSTEM, own: undefined });
  });

  test("are the company's, each once, in whatever file they are", async () => {
    vol.fromJSON({
      [SYSTEM]: `${known}\n# the company\n${pem('BBBB')}`,
      '/corp.pem': pem('BBBB') + pem(`${'C'.repeat(64)}\r\nDDDD`),
    });
    const found = await hostAuthorities({ NODE_EXTRA_CA_CERTS: '/corp.pem' }, '/state');
    expect(vol.readFileSync(found.own ?? '', 'utf8')).toBe(
      pem('BBBB') + pem(`${'C'.repeat(64)}\nDDDD`),
    );
    expect(found.bundle).toBe(hostCaBundle({ NODE_EXTRA_CA_CERTS: '/corp.pem' }, '/state'));
  });

  test('are looked for once, and again when a file changes', async () => {
    vol.fromJSON({ [SYSTEM]: known });
    expect(await own()).toBeUndefined();
    const made = vol.readdirSync('/state');
    expect(await own()).toBeUndefined();
    expect(vol.readdirSync('/state')).toEqual(made);
    vol.writeFileSync(SYSTEM, `${known}\n${pem('EEEE')}`);
    expect(vol.readFileSync((await own()) ?? '', 'utf8')).toBe(pem('EEEE'));
  });

  test('are none in a file that is no certificate', async () => {
    vol.fromJSON({ [SYSTEM]: 'nonsense -----BEGIN CERTIFICATE-----' });
    expect(await own()).toBeUndefined();
  });
});
