import { describe, expect, it } from 'vitest';
import { isImageConfig, settingsIn } from '../../../src/engine/registry/image-config.ts';

describe('isImageConfig', () => {
  it.each([
    {},
    { config: null },
    { config: { Env: null, Labels: null } },
    { config: { Env: ['A=b'] } },
  ])('takes %j', (value) => {
    expect(isImageConfig(value)).toBe(true);
  });

  it.each([
    null,
    [],
    'x',
    { config: 'x' },
    { config: [] },
    { config: { Labels: 'x' } },
    { config: { Labels: 5 } },
    { config: { Labels: ['x'] } },
    { config: { Labels: { x: 1 } } },
    { config: { Env: 5 } },
    { config: { Env: [5] } },
  ])('does not take %j', (value) => {
    expect(isImageConfig(value)).toBe(false);
  });
});

describe('settingsIn', () => {
  it('leaves out what is odd', () => {
    expect(settingsIn({ config: { Env: ['A=b', 5], Labels: { a: 'b', c: 1 } } })).toEqual({
      env: ['A=b'],
      labels: { a: 'b' },
    });
    for (const odd of [undefined, null, 'x', { config: { Env: 5, Labels: 'x' } }]) {
      const { env, labels } = settingsIn(odd);
      expect([env, Object.keys(labels)]).toEqual([[], []]);
    }
  });
});
