import { describe, expect, it } from 'vitest';
import { renderOwner } from '../../../src/base/owner.ts';
import { DEFAULT_CONFIG } from '../../../src/config/schema.ts';
import { currentOwner } from '../../../src/host/process.ts';
import type { SessionContext } from '../../../src/session/context.ts';
import type { SessionPlan } from '../../../src/plan/plan.ts';
import {
  checkedClaim,
  checkedParkWish,
  checkedWish,
  standbyWish,
  surroundingsKey,
} from '../../../src/session/standby/wish.ts';

const plan = { schema: 1 } as SessionPlan;
const wish = (env: NodeJS.ProcessEnv, config = DEFAULT_CONFIG) =>
  standbyWish(plan, { config, env } as SessionContext);

describe('a wish for a standby', () => {
  it('carries of the environment what finds the engine, and no token', () => {
    const made = wish({ HOME: '/h', CT_ENGINE: 'podman', GEMINI_API_KEY: 'k', GITHUB_TOKEN: 't' });
    expect(made.env).toEqual({ HOME: '/h', CT_ENGINE: 'podman' });
    expect(checkedWish(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it('has another key for another engine, socket, home or proxy', () => {
    const engine = { ...DEFAULT_CONFIG.engine, socket: '/run/other.sock' };
    const keys = [
      wish({ HOME: '/h' }),
      wish({ HOME: '/h', CT_ENGINE: 'containerd' }),
      wish({ HOME: '/h', CONTAINER_HOST: 'unix:///x' }),
      wish({ HOME: '/other' }),
      wish({ HOME: '/h', https_proxy: 'http://proxy.example' }),
      wish({ HOME: '/h' }, { ...DEFAULT_CONFIG, engine }),
    ].map(surroundingsKey);
    expect(new Set(keys).size).toBe(keys.length);
    expect(surroundingsKey(wish({ HOME: '/h', TERM: 'xterm' }))).toBe(keys[0]);
  });

  it('says how many are to be ready', () => {
    expect(() => checkedWish({ plan, config: {}, env: {} })).toThrow('not a wish for a number');
  });

  it.each([undefined, {}, { plan: { schema: 2 } }, { plan, config: {} }])(
    'that is none is refused: %j',
    (params) => {
      expect(() => checkedParkWish(params)).toThrow('not a wish for a session');
      expect(() => checkedWish({ ...params, count: 1 })).toThrow('not a wish for a session');
    },
  );
});

describe('a claim', () => {
  const claim = {
    ...{ digest: 'd', instance: 'i', surroundings: 's' },
    owner: renderOwner(currentOwner()),
  };

  it('names the process that the session is to live with', () => {
    expect(checkedClaim(claim).owner).toEqual(currentOwner());
  });

  it.each([
    undefined,
    { ...claim, owner: '1' },
    { ...claim, digest: undefined },
    { ...claim, digest: 7 },
  ])('that is none is refused: %j', (params) => {
    expect(() => checkedClaim(params)).toThrow('not a claim to a prepared session');
  });
});
