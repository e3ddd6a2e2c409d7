import { describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG } from '../../../src/config/schema.ts';
import { wantsWarm } from '../../../src/session/warm/claim.ts';

describe('a run that may enter a warm session', () => {
  const env = { CT_ENGINE: 'podman' };
  const plain = { detach: false, explainDenials: false };
  const config = { ...DEFAULT_CONFIG, daemon: { ...DEFAULT_CONFIG.daemon, auto_start: true } };

  it('is one that somebody follows, on an engine that can, where it is switched on', () => {
    expect(wantsWarm(plain, { config, env })).toBe(true);
    expect(wantsWarm(plain, { config: DEFAULT_CONFIG, env })).toBe(false);
    expect(wantsWarm({ ...plain, detach: true }, { config, env })).toBe(false);
    expect(wantsWarm({ ...plain, explainDenials: true }, { config, env })).toBe(false);
    expect(wantsWarm(plain, { config, env: { CT_ENGINE: 'containerd' } })).toBe(false);
  });
});
