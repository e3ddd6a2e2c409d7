import { describe, expect, it } from 'vitest';
import { parseNetworkMode } from '../../../src/cli/options/network.ts';

describe('parseNetworkMode', () => {
  it('takes the modes there are, and none', () => {
    expect(parseNetworkMode(undefined)).toBeUndefined();
    expect(parseNetworkMode('offline')).toBe('offline');
    expect(parseNetworkMode('permissive')).toBe('permissive');
  });

  it('refuses anything else', () => {
    expect(parseNetworkMode('strict')).toBe('strict');
    expect(() => parseNetworkMode('')).toThrow("no network mode ''");
    expect(() => parseNetworkMode('Offline')).toThrow("no network mode 'Offline'");
  });
});
