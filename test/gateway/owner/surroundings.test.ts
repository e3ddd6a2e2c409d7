import { describe, expect, it } from 'vitest';
import { surroundingsOf } from '../../../src/gateway/owner/surroundings.ts';

describe('surroundingsOf', () => {
  it('is empty without a proxy, whatever else there is', () => {
    expect(surroundingsOf({ PATH: '/usr/bin', https_proxy: '' })).toBe('');
  });

  it('is the same for the same proxies, in whatever case they are written', () => {
    const one = surroundingsOf({ https_proxy: 'http://proxy.example:3128', no_proxy: 'a,b' });
    expect(surroundingsOf({ HTTPS_PROXY: 'http://proxy.example:3128', NO_PROXY: 'a,b' })).toBe(one);
    expect(one).toMatch(/^[0-9a-f]{64}$/u);
  });

  it('is another one for another proxy or exception, and shows no password', () => {
    const all = [
      { https_proxy: 'http://user:secret-word@proxy.example:3128' },
      { http_proxy: 'http://user:secret-word@proxy.example:3128' },
      { https_proxy: 'http://user:secret-word@proxy.example:3128', no_proxy: 'a' },
    ].map((env) => surroundingsOf(env));
    expect(new Set(all).size).toBe(3);
    expect(all.join()).not.toContain('secret-word');
  });
});
