import { vol } from 'memfs';
import { describe, expect, it, vi } from 'vitest';
import { hasAccount } from '../../src/host/account.ts';

vi.mock('node:fs', async () => (await import('memfs')).fs);

describe('hasAccount', () => {
  it('knows the accounts of the password file', () => {
    vol.fromJSON({
      '/etc/passwd': 'root:x:0:0::/root:/bin/sh\nct:x:1001:1001::/home/ct:/bin/sh\n',
    });
    expect(hasAccount('ct')).toBe(true);
    expect(hasAccount('c')).toBe(false);
  });

  it('takes a missing file for no account', () => {
    vol.reset();
    expect(hasAccount('ct')).toBe(false);
  });
});
