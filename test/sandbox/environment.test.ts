import { describe, expect, it } from 'vitest';
import { gemini } from '../../src/agents/gemini.ts';
import { planEnvironment } from '../../src/sandbox/environment.ts';

const plan = (
  hostEnv: Record<string, string>,
  terminal = true,
  userEnv: Record<string, string> = {},
): Readonly<Record<string, string>> =>
  planEnvironment({
    agent: gemini,
    binDir: '/opt/ct/packages/gemini/current/bin',
    terminal,
    authorities: { bundle: undefined, own: undefined },
    hostEnv,
    userEnv,
  });

describe('planEnvironment', () => {
  it('passes the terminal and the time zone, and nothing else of the host', () => {
    const env = plan({
      TERM: 'xterm-kitty',
      TZ: 'Europe/Berlin',
      GEMINI_API_KEY: 'secret',
      PATH: '/x',
    });
    expect(env).toMatchObject({ TERM: 'xterm-kitty', TZ: 'Europe/Berlin' });
    expect(JSON.stringify(env)).not.toContain('secret');
    expect(env['PATH']?.split(':')[0]).toBe('/opt/ct/packages/gemini/current/bin');
  });

  it('does not pass a value that is more than a short word', () => {
    const env = plan({ TERM: 'xterm\n() { :; }', TERM_PROGRAM: 'a b' });
    expect(env['TERM']).toBe('xterm-256color');
    expect(env).not.toHaveProperty('TERM_PROGRAM');
  });

  it('lets what the user passes win over the agent, not over what makes the session work', () => {
    const env = plan({}, true, {
      GEMINI_CLI_NO_RELAUNCH: 'no',
      HOME: '/x',
      CT_AGENT: 'y',
      FOO: 'z',
    });
    expect(env).toMatchObject({ GEMINI_CLI_NO_RELAUNCH: 'no', HOME: '/home/ct', FOO: 'z' });
    expect(env['CT_AGENT']).toBe('gemini');
  });

  it('has no TERM without a terminal', () => {
    expect(plan({ TERM: 'xterm' }, false)).not.toHaveProperty('TERM');
  });
});
