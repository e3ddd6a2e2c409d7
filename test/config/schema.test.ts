import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, SECTIONS } from '../../src/config/schema.ts';
import { checkValue } from '../../src/config/values.ts';

describe('the schema', () => {
  it('gives every key its default', () => {
    expect(DEFAULT_CONFIG).toEqual({
      engine: { socket: '', idle_timeout: 300 },
      image: { source: 'auto', registry: 'docker.io/library/debian:trixie-slim', archive: '' },
      sandbox: { seccomp: 'default' },
      network: { mode: 'permissive' },
      logs: { retention_days: 15 },
    });
  });

  it('has defaults that pass its own checks', () => {
    for (const { keys } of Object.values(SECTIONS)) {
      for (const spec of Object.values(keys)) {
        expect(checkValue(spec, spec.default, '/home/me')).toEqual({ value: spec.default });
      }
    }
  });
});
