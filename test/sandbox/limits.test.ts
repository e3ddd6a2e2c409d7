import { describe, expect, it } from 'vitest';
import type { HostPowers } from '../../src/sandbox/host-powers.ts';
import { budgetEnvironment, planLimits, type LimitWish } from '../../src/sandbox/limits.ts';
import { presetNamed } from '../../src/sandbox/presets.ts';

const powers: HostPowers = {
  seccomp: true,
  mappableIds: 65_537,
  controllers: ['cpu', 'memory', 'pids'],
  memoryBytes: 8 * 2 ** 30,
  processors: 3,
  openFiles: 20_000,
};
const nothing: LimitWish = { memory: 0, cpus: 0, pids: 0, openFiles: 0 };
const { planned, bare } = {
  planned: (wish: Partial<LimitWish>, preset = 'hardened') =>
    planLimits({ ...nothing, ...wish }, presetNamed(preset), powers),
  bare: { ...powers, controllers: [] },
};

describe('planLimits', () => {
  it('takes parts of the host from the preset', () => {
    expect(planned({}).limits).toMatchObject({ memoryBytes: 6 * 2 ** 30, cpus: undefined });
    expect(planned({}, 'locked').limits).toMatchObject({ memoryBytes: 4 * 2 ** 30, cpus: 1.5 });
    expect(planned({}, 'standard').limits.memoryBytes).toBeUndefined();
  });

  it('prefers what the user says', () => {
    expect(planned({ memory: 2 ** 30, cpus: 0.5, pids: 77 }, 'locked').limits).toMatchObject({
      memoryBytes: 2 ** 30,
      cpus: 0.5,
      pids: 77,
    });
  });

  it('asks no engine for what the host cannot set, and still says that it was wanted', () => {
    const { limits, wanted } = planLimits(
      { ...nothing, memory: 2 ** 30 },
      presetNamed('locked'),
      bare,
    );
    expect(limits).toMatchObject({ memoryBytes: undefined, cpus: undefined, pids: undefined });
    expect(wanted).toEqual(['memory', 'cpus', 'pids']);
  });

  it('counts processes for the user namespace too, which every kernel can', () => {
    const { limits } = planLimits(nothing, presetNamed('hardened'), bare);
    expect(limits.process).toContainEqual({ name: 'nproc', value: 4096 });
  });

  it('never asks for more open files than this account may have', () => {
    expect(planned({}).limits.process).toContainEqual({ name: 'nofile', value: 20_000 });
    expect(planned({ openFiles: 500 }).limits.process).toContainEqual({
      name: 'nofile',
      value: 500,
    });
  });

  it('leaves no core dumps but in compat', () => {
    const core = { name: 'core', value: 0 };
    expect(planned({}).limits.process).toContainEqual(core);
    expect(planned({}, 'compat').limits.process).not.toContainEqual(core);
  });
});

describe('budgetEnvironment', () => {
  it('tells what holds and nothing else', () => {
    expect(budgetEnvironment(planned({}).limits, 4096)).toEqual({
      CT_LIMIT_MEMORY_BYTES: String(6 * 2 ** 30),
      CT_LIMIT_PIDS: '4096',
      CT_LIMIT_TMP_BYTES: '4096',
    });
    const { limits } = planLimits(nothing, presetNamed('hardened'), bare);
    expect(budgetEnvironment(limits, 4096)).not.toHaveProperty('CT_LIMIT_MEMORY_BYTES');
  });
});
