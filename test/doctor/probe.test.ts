import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { probeHost, probeNodeStart, probeRuntimeDir } from '../../src/doctor/probe.ts';

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

it('sees what Node started from', () => {
  expect(probeNodeStart(['--snapshot-blob=/x'], { node_use_node_snapshot: false })).toBe(
    'snapshot',
  );
  expect(probeNodeStart([], { node_use_node_snapshot: false })).toBe('nothing');
  expect(probeNodeStart([], { node_use_node_snapshot: true })).toBe('itself');
  expect(probeNodeStart([], {})).toBe('itself');
});

it.each([
  [0o700, 'own'],
  // As Podman leaves it: others may pass, and see and change nothing.
  [0o711, 'own'],
  [0o755, 'open'],
  [0o722, 'open'],
] as const)('judges a runtime directory with mode %o: %s', (mode, state) => {
  const dir = mkdtempSync(join(tmpdir(), 'ct-runtime-'));
  chmodSync(dir, mode);
  expect(probeRuntimeDir(dir, process.getuid?.() ?? -1)).toMatchObject({ state });
  expect(probeRuntimeDir(dir, 4_000_000)).toMatchObject({ state: 'foreign' });
  rmSync(dir, { recursive: true });
});
