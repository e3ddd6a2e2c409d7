import { describe, expect, it } from 'vitest';
import { renderOwner } from '../../../src/base/owner.ts';
import { currentOwner } from '../../../src/host/process.ts';
import { checkedJoin, checkedWarmClaim } from '../../../src/session/warm/wish.ts';

describe('a claim of a warm session', () => {
  const claim = {
    ...{ agent: 'a', instance: 'i', project: '/p', digest: 'd', surroundings: 's' },
    owner: renderOwner(currentOwner()),
  };

  it('names the process that the session is to live with', () => {
    expect(checkedWarmClaim(claim).owner).toEqual(currentOwner());
  });

  it.each([
    undefined,
    { ...claim, owner: '1' },
    { ...claim, digest: undefined },
    { ...claim, digest: '' },
    { ...claim, agent: 7 },
  ])('that is none is refused: %j', (params) => {
    expect(() => checkedWarmClaim(params)).toThrow('not a claim to a prepared session');
  });
});

describe('a shell that joins', () => {
  it('names a session', () => {
    expect(checkedJoin({ session: '0123abcd' })).toBe('0123abcd');
    expect(() => checkedJoin({ session: 1 })).toThrow('not a claim to a prepared session');
    expect(() => checkedJoin(null)).toThrow('not a claim to a prepared session');
  });
});
