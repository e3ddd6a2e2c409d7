import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, NAMED_SECTIONS, SECTIONS } from '../../src/config/schema.ts';
import { checkValue } from '../../src/config/values.ts';

describe('the schema', () => {
  it('gives every key its default', () => {
    for (const [section, { keys }] of Object.entries(SECTIONS)) {
      for (const [key, spec] of Object.entries(keys)) {
        expect(DEFAULT_CONFIG).toHaveProperty([section, key], spec.default);
      }
    }
    expect(DEFAULT_CONFIG.agents).toEqual({});
  });

  it('has defaults that pass its own checks', () => {
    for (const { keys } of Object.values({ ...SECTIONS, ...NAMED_SECTIONS })) {
      for (const spec of Object.values(keys)) {
        expect(checkValue(spec, spec.default, '/home/me')).toEqual({ value: spec.default });
      }
    }
  });
});
