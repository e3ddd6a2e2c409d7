import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/config/schema.ts';
import { standbyCount, wantsStandby } from '../../../src/session/standby/count.ts';

const config = { ...DEFAULT_CONFIG, daemon: { ...DEFAULT_CONFIG.daemon, standby: 3 } };

describe('standbyCount', () => {
  it('is what is configured, and none by default', () => {
    expect(standbyCount({ config: DEFAULT_CONFIG, env: {} })).toBe(0);
    expect(standbyCount({ config, env: { CT_STANDBY: '' } })).toBe(3);
  });

  it('is what CT_STANDBY says where it is set', () => {
    expect(standbyCount({ config, env: { CT_STANDBY: '0' } })).toBe(0);
    expect(standbyCount({ config: DEFAULT_CONFIG, env: { CT_STANDBY: '16' } })).toBe(16);
  });

  it('is of no use to a run that nobody follows, is watched from its first call, or on containerd', () => {
    const env = { CT_STANDBY: '1', CT_ENGINE: 'podman' };
    const plain = { detach: false, explainDenials: false };
    expect(wantsStandby(plain, { config, env })).toBe(true);
    expect(wantsStandby({ ...plain, detach: true }, { config, env })).toBe(false);
    expect(wantsStandby({ ...plain, explainDenials: true }, { config, env })).toBe(false);
    expect(wantsStandby(plain, { config, env: { ...env, CT_ENGINE: 'containerd' } })).toBe(false);
    expect(wantsStandby(plain, { config, env: { ...env, CT_STANDBY: '0' } })).toBe(false);
  });

  it.each(['17', '-1', 'yes', '1.5', '\u001b[31m'])('refuses %j', (word) => {
    expect(() => standbyCount({ config, env: { CT_STANDBY: word } })).toThrow(/^CT_STANDBY is '/u);
  });
});
