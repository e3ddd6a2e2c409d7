import { describe, expect, it } from 'vitest';
import { certificatesFor } from '../../../src/engine/registry/certificates.ts';
import { put, scratch } from '../../support/scratch.ts';
import { accountIn } from './fake-registry.ts';

describe('certificates for a registry', () => {
  it('are the authorities of the host and those beside its name', () => {
    const dir = scratch({ 'extra.pem': 'EXTRA' });
    const account = accountIn(dir, { SSL_CERT_FILE: `${dir}/extra.pem` });
    const certs = 'home/.config/containers/certs.d/a.b:5000';
    put(dir, { [`${certs}/ca.crt`]: 'OWN', [`${certs}/me.cert`]: 'C', [`${certs}/me.key`]: 'K' });
    const { ca, client } = certificatesFor('a.b:5000', account);
    expect(ca?.join('\n')).toContain('EXTRA');
    expect(ca?.at(-1)).toBe('OWN');
    expect(client).toEqual({ cert: 'C', key: 'K' });
  });

  it('of one registry are not those of another', () => {
    const dir = scratch({ 'home/.config/containers/certs.d/a.b/ca.crt': 'OWN' });
    const { ca = [], client } = certificatesFor('a.b:5000', accountIn(dir));
    expect(ca.join('\n')).not.toContain('OWN');
    expect(client).toBeUndefined();
  });
});
