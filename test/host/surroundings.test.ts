import { describe, expect, test } from 'vitest';
import { hostProxies } from '../../src/host/surroundings.ts';

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
