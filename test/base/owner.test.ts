import { describe, expect, it } from 'vitest';
import { parseOwner, renderOwner } from '../../src/base/owner.ts';

const owner = {
  pid: 4711,
  startTicks: '123456789',
  bootId: '0f9d5c6e-0000-4000-8000-0123456789ab',
  pidNamespace: '4026531836',
};

describe('owner labels', () => {
  it('come back as they went', () => {
    expect(parseOwner(renderOwner(owner))).toEqual(owner);
  });

  it.each([undefined, '', '1', '0:1:x:2', '-5:1:0f9d5c6e-0000-4000-8000-0123456789ab:3', 'a\n1:2'])(
    'mean nothing when ct did not write them: %j',
    (text) => expect(parseOwner(text)).toBeUndefined(),
  );
});
