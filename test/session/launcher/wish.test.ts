import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/config/schema.ts';
import type { SessionContext } from '../../../src/session/context.ts';
import {
  checkedLauncherClaim,
  checkedLauncherWish,
  checkedSignal,
  checkedToken,
  launcherClaim,
  launcherWish,
} from '../../../src/session/launcher/wish.ts';
import type { SessionInfo } from '../../../src/session/list.ts';

const context = (env: NodeJS.ProcessEnv, config = DEFAULT_CONFIG) =>
  ({ config, env, instance: () => 'i' }) as SessionContext;
const session = {
  id: '0123abcd',
  agent: 'shell',
  project: '/p',
  workdir: '/projects/p',
  secrets: [],
  container: 'c',
  pid: 7,
  status: 'running',
} as unknown as SessionInfo;

describe('a wish for a launcher', () => {
  it('carries of the environment what finds the engine, and no token', () => {
    const made = launcherWish(session, context({ HOME: '/h', GITHUB_TOKEN: 't' }));
    expect(made.env).toEqual({ HOME: '/h' });
    expect(made.about).not.toHaveProperty('status');
    expect(JSON.stringify(made)).not.toContain('GITHUB_TOKEN');
    expect(checkedLauncherWish(JSON.parse(JSON.stringify(made)))).toEqual(made);
  });

  it('is met by claims of the same installation, engine and home alone', () => {
    const { surroundings } = launcherWish(session, context({ HOME: '/h' }));
    const of = (env: NodeJS.ProcessEnv, config = DEFAULT_CONFIG) =>
      launcherClaim('0123abcd', context(env, config)).surroundings;
    expect(of({ HOME: '/h', TERM: 'xterm' })).toBe(surroundings);
    expect(of({ HOME: '/other' })).not.toBe(surroundings);
    expect(of({ HOME: '/h', CT_ENGINE: 'containerd' })).not.toBe(surroundings);
    const engine = { ...DEFAULT_CONFIG.engine, socket: '/run/other.sock' };
    expect(of({ HOME: '/h' }, { ...DEFAULT_CONFIG, engine })).not.toBe(surroundings);
  });
});

describe('what comes over the socket', () => {
  it.each([undefined, null, 'x', {}, { session: 's' }, { session: '', instance: 'i' }])(
    'is refused when it is %j',
    (params) => {
      expect(() => checkedLauncherClaim(params)).toThrow(/not a question/u);
      expect(() => checkedLauncherWish(params)).toThrow(/not a question/u);
      expect(() => checkedToken(params)).toThrow(/not a question/u);
    },
  );

  it('is a signal that ct knows', () => {
    expect(checkedSignal({ signal: 'SIGTERM' })).toBe('SIGTERM');
    for (const signal of ['SIGSEGV', 'toString', 9]) {
      expect(() => checkedSignal({ signal })).toThrow(/not a question/u);
    }
  });
});
