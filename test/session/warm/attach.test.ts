import { describe, expect, it } from 'vitest';
import { chooseWarm, type WarmChoice } from '../../../src/session/warm/attach.ts';

const session = (id: string, agent: string, project: string): WarmChoice => ({
  ...{ id, agent, project },
  ...{ life: 'warm', status: 'running' },
});

const all: readonly WarmChoice[] = [
  session('1', 'gemini', '/home/u/a'),
  session('2', 'claude', '/home/u/a'),
  session('3', 'gemini', '/home/u/b'),
  { ...session('4', 'codex', '/home/u/c'), life: 'detached' },
  { ...session('5', 'qwen', '/home/u/d'), status: 'exited' },
];

describe('the warm session that is meant', () => {
  it('is the one that has the directory, or a directory above', () => {
    expect(chooseWarm(all, '/home/u/b', undefined).id).toBe('3');
    expect(chooseWarm(all, '/home/u/b/src', undefined).id).toBe('3');
    expect(chooseWarm(all, '/home/u/a', 'claude').id).toBe('2');
  });

  it('is the closest, where one has a directory of another one', () => {
    const inside = [...all, session('6', 'gemini', '/home/u/b/lib')];
    expect(chooseWarm(inside, '/home/u/b/lib/src', 'gemini').id).toBe('6');
    expect(chooseWarm(inside, '/home/u/b/library', 'gemini').id).toBe('3');
  });

  it('must be named by its agent where several have it', () => {
    expect(() => chooseWarm(all, '/home/u/a', undefined)).toThrow('of several agents');
  });

  it.each(['/home/u', '/home/u/bc', '/home/u/c', '/home/u/d'])('is not there for %s', (cwd) => {
    expect(() => chooseWarm(all, cwd, undefined)).toThrow('no warm session has this directory');
  });

  it('is missing with what to do about it', () => {
    const hint = (sessions: readonly WarmChoice[], agent?: string): string | undefined => {
      try {
        return chooseWarm(sessions, '/x', agent).id;
      } catch (thrown) {
        return (thrown as { hint?: string }).hint;
      }
    };
    expect(hint([])).toContain('auto_start = true');
    expect(hint(all, 'claude')).toBe('there are others: claude in /home/u/a');
  });
});
