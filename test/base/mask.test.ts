import { afterEach, describe, expect, it } from 'vitest';
import { masked, maskedStream, useMask } from '../../src/base/mask.ts';

const asIs = {
  text: (text: string) => text,
  stream: () => ({ push: (text: string) => text, end: () => '' }),
};
afterEach(() => useMask(asIs));

describe('masking', () => {
  it('leaves text alone while no secret is known', () => {
    expect(masked('text')).toBe('text');
    expect(maskedStream().push('text')).toBe('text');
  });

  it('applies to a stream that was opened before the secret was read', () => {
    const stream = maskedStream();
    useMask({ text: () => '***', stream: () => ({ push: () => '***', end: () => '!' }) });
    expect([masked('a'), stream.push('b'), stream.end()]).toEqual(['***', '***', '!']);
  });
});
