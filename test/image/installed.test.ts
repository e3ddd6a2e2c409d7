import { describe, expect, it } from 'vitest';
import {
  NOTHING_INSTALLED,
  parseInstalled,
  type InstalledPackages,
} from '../../src/image/installed.ts';

const whole: InstalledPackages = {
  schema: 1,
  wish: 'w',
  layer: { packages: ['g++'], serial: 'a1' },
  debian: { 'g++': '14' },
  generation: 'a1b2c3d4',
  previous: { generation: 'b', entries: ['npm/x/1'] },
  programs: [
    {
      ...{ manager: 'npm', name: '@s/x', wanted: '*', version: '1', entry: 'npm/@s+x/a1' },
      programs: ['x'],
    },
  ],
  failed: [],
};

describe('parseInstalled', () => {
  it('gives back what was written', () => {
    for (const one of [whole, NOTHING_INSTALLED]) {
      expect(parseInstalled(JSON.parse(JSON.stringify(one)))).toEqual(one);
    }
  });

  it.each([
    ['null', null],
    ['another schema', { ...whole, schema: 2 }],
    ['a generation that leads elsewhere', { ...whole, generation: '../../x' }],
    [
      'an entry that leads elsewhere',
      { ...whole, programs: [{ entry: 'npm/../..', programs: [] }] },
    ],
    [
      'a program with a path',
      { ...whole, programs: [{ ...whole.programs[0], programs: ['a/b'] }] },
    ],
    ['a package with a space', { ...whole, layer: { packages: ['a b'], serial: 's' } }],
  ])('takes %s for nothing', (_what, value) => {
    expect(parseInstalled(value)).toBeUndefined();
  });
});
