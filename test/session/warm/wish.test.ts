import { describe, expect, it } from 'vitest';
import { renderOwner } from '../../../src/base/owner.ts';
import { DEFAULT_CONFIG } from '../../../src/config/schema.ts';
import { currentOwner } from '../../../src/host/process.ts';
import type { SessionPlan } from '../../../src/plan/plan.ts';
import type { SessionContext } from '../../../src/session/context.ts';
import {
  checkedJoin,
  checkedWarmClaim,
  checkedWarmWish,
  warmWish,
} from '../../../src/session/warm/wish.ts';

const plan = { schema: 1 } as SessionPlan;

describe('a wish for a warm session', () => {
  it('carries of the environment what finds the engine, and no token', () => {
    const env = { HOME: '/h', GEMINI_API_KEY: 'k' };
    const made = warmWish(plan, { config: DEFAULT_CONFIG, env } as unknown as SessionContext);
    expect(made.env).toEqual({ HOME: '/h' });
    expect(checkedWarmWish(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it.each([undefined, {}, { plan: { schema: 2 } }, { plan, config: {} }])(
    'that is none is refused: %j',
    (params) => {
      expect(() => checkedWarmWish(params)).toThrow('not a wish for a warm session');
    },
  );
});

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
    expect(() => checkedWarmClaim(params)).toThrow('not a claim of a warm session');
  });
});

describe('a shell that joins', () => {
  it('names a session', () => {
    expect(checkedJoin({ session: '0123abcd' })).toBe('0123abcd');
    expect(() => checkedJoin({ session: 1 })).toThrow('not the name of a warm session');
    expect(() => checkedJoin(null)).toThrow('not the name of a warm session');
  });
});
