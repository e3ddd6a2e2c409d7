import { describe, expect, it } from 'vitest';
import { enforcement, plannedWalls, reaches } from '../../src/sandbox/enforcement.ts';
import { planLimits } from '../../src/sandbox/limits.ts';
import { PRESET_NAMES, presetNamed, shortfalls, wantedLimits } from '../../src/sandbox/presets.ts';
import type { SandboxSpec } from '../../src/sandbox/spec.ts';

const powers = {
  seccomp: true,
  mappableIds: 65_537,
  controllers: ['cpu', 'memory', 'pids'],
  memoryBytes: 2 ** 34,
  processors: 4,
  openFiles: 65_536,
};

/** Aspects that a host with these powers lacks for a preset. */
function lacking(name: string, change: Partial<typeof powers> = {}, network = 'offline') {
  const host = { ...powers, ...change };
  const preset = presetNamed(name);
  const wish = { memory: 0, cpus: 0, pids: 0, openFiles: 0 };
  const { limits, wanted } = planLimits(wish, preset, host);
  const spec = {
    capabilities: [],
    noNewPrivileges: true,
    readOnlyRoot: preset.readOnlyRoot,
    limits,
    seccomp: { name: preset.seccomp, digest: '', path: '' },
  };
  const walls = plannedWalls(spec as unknown as SandboxSpec, network, host);
  return shortfalls(preset, enforcement(walls, wanted)).map(({ aspect }) => aspect);
}

describe('presets', () => {
  it.each(PRESET_NAMES)('%s lacks nothing on a host that has everything', (name) => {
    expect(lacking(name)).toEqual([]);
  });

  it('locked wants every limit, every id and a closed network', () => {
    expect(lacking('locked', { controllers: [] })).toEqual(['limits']);
    expect(lacking('locked', { mappableIds: 5000 })).toEqual(['userns']);
    expect(lacking('locked', {}, 'permissive')).toEqual(['network']);
  });

  it('hardened goes with a host without control groups or with few ids', () => {
    expect(lacking('hardened', { controllers: [], mappableIds: 5000 }, 'permissive')).toEqual([]);
  });

  it.each(PRESET_NAMES)('%s wants a filter and a user namespace', (name) => {
    expect(lacking(name, { seccomp: false, mappableIds: 0 })).toEqual(['seccomp', 'userns']);
  });

  it('grow weaker in order, never stronger', () => {
    const presets = PRESET_NAMES.map(presetNamed);
    for (const [index, preset] of presets.slice(1).entries()) {
      const stricter = presets[index];
      expect(Number(stricter?.readOnlyRoot)).toBeGreaterThanOrEqual(Number(preset.readOnlyRoot));
      expect(stricter?.limits.pids).toBeLessThanOrEqual(preset.limits.pids);
    }
  });

  it('say which limits they set', () => {
    expect(wantedLimits(presetNamed('locked'))).toEqual(['memory', 'cpus', 'pids']);
    expect(wantedLimits(presetNamed('standard'))).toEqual(['pids']);
  });

  it.each([
    ['lokced', "did you mean 'locked'?"],
    ['constructor', 'presets: locked'],
  ])('are not called %s', (name, hint) => {
    expect(() => presetNamed(name)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        hint: expect.stringContaining(hint) as string,
      }),
    );
  });

  it('are compared by how far a wall stands', () => {
    expect(reaches('partial', 'full')).toBe(false);
    expect(reaches('partial', 'none')).toBe(true);
    expect(reaches('full', 'full')).toBe(true);
  });
});
