import { describe, expect, it } from 'vitest';
import { chooseEngine, type ChoiceFacts } from '../../src/engine/choose.ts';

const facts = (change: Partial<ChoiceFacts> = {}, ...programs: string[]): ChoiceFacts => ({
  configured: 'auto',
  word: undefined,
  namesPodman: false,
  namesContainerd: false,
  has: (program) => programs.includes(program),
  ...change,
});
const BOTH = ['podman', 'containerd', 'rootlesskit'];

describe('the engine', () => {
  it('is the one that is asked for, installed or not', () => {
    expect(chooseEngine(facts({ configured: 'containerd' }))).toBe('containerd');
    expect(chooseEngine(facts({ configured: 'podman' }, 'containerd', 'rootlesskit'))).toBe(
      'podman',
    );
    expect(chooseEngine(facts({ configured: 'podman', word: 'containerd' }))).toBe('containerd');
    expect(chooseEngine(facts({ configured: 'podman', word: '' }))).toBe('podman');
  });

  it('is the one whose socket the user names, when none is asked for', () => {
    expect(chooseEngine(facts({ namesContainerd: true }, ...BOTH))).toBe('containerd');
    expect(chooseEngine(facts({ namesPodman: true }, 'containerd', 'rootlesskit'))).toBe('podman');
  });

  it('is Podman where it is installed, and containerd where only that can be started', () => {
    expect(chooseEngine(facts({}, ...BOTH))).toBe('podman');
    expect(chooseEngine(facts({}, 'containerd', 'rootlesskit'))).toBe('containerd');
    expect(chooseEngine(facts({}, 'containerd'))).toBe('podman');
    expect(chooseEngine(facts())).toBe('podman');
  });

  it('can be forced back to what is found', () => {
    expect(chooseEngine(facts({ configured: 'containerd', word: 'auto' }, ...BOTH))).toBe('podman');
  });

  it('refuses a word that is none, with the nearest', () => {
    expect(() => chooseEngine(facts({ word: 'containrd' }))).toThrow(
      expect.objectContaining({ code: 'invalid_argument', hint: "did you mean 'containerd'?" }),
    );
  });
});
