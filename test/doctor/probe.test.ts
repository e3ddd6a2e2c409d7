import { describe, expect, it } from 'vitest';
import { probeHost } from '../../src/doctor/probe.ts';

describe('probeHost', () => {
  it('finds out about this very host without throwing', async () => {
    const uid = process.getuid?.() ?? -1;
    const facts = await probeHost({
      env: { PATH: '/usr/bin:/bin', XDG_RUNTIME_DIR: '/nowhere' },
      uid,
      storagePaths: ['/no/such/directory'],
      engine: { state: 'skipped', why: 'test' },
    });
    expect(facts.account.uid).toBe(uid);
    expect(facts.nodeVersion).toBe(process.version);
    expect(facts.kernelRelease).toMatch(/^\d+\.\d+/u);
    expect(facts.runtimeDir).toMatchObject({ variable: '/nowhere', state: 'missing' });
    expect(facts.freeBytes).toBeGreaterThan(0);
    expect(['v2', 'hybrid', 'v1', 'none']).toContain(facts.cgroup.layout);
  });
});
