import { describe, expect, it } from 'vitest';
import { isLinkStat } from '../../../src/engine/podman/image-links.ts';

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');

describe('a file as the engine describes it', () => {
  it('is a link by the bit of its mode', () => {
    expect(isLinkStat(encode({ name: 'bin', mode: 134_218_239, linkTarget: '/usr/bin' }))).toBe(
      true,
    );
    expect(isLinkStat(encode({ name: 'dev', mode: 2_147_484_141, linkTarget: '/dev' }))).toBe(
      false,
    );
    expect(isLinkStat(encode({ name: 'env', mode: 493 }))).toBe(false);
  });

  it('is taken for a link when the description cannot be read', () => {
    expect(isLinkStat('***')).toBe(true);
    expect(isLinkStat(encode({ name: 'dev' }))).toBe(true);
    expect(isLinkStat(encode(null))).toBe(true);
  });
});
