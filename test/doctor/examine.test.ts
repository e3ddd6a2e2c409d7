import { describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { CHECKS, examine } from '../../src/doctor/examine.ts';
import { goodHost } from './support.ts';

describe('examine', () => {
  it('finds nothing on a good host', () => {
    const report = examine(goodHost);
    expect(report.checks.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(report.counts).toEqual({ ok: CHECKS.length, warn: 0, fail: 0, unknown: 0, skipped: 0 });
    expect(report.notes).toEqual([]);
  });

  it('asks root only about the host, and says so', () => {
    const report = examine({
      ...goodHost,
      account: { uid: 0, name: 'root' },
      engine: { state: 'skipped', why: 'root runs no sessions' },
    });
    expect(report.checks.map(({ id }) => id)).not.toContain('subids');
    expect(report.notes.join('\n')).toContain("runuser -l ct -c 'ct sys doctor'");
    expect(report.counts.fail).toBe(0);
  });

  it('has an answer for a host with nothing at all', () => {
    const report = examine({
      ...goodHost,
      programs: {},
      podmanVersion: undefined,
      hasSeccomp: undefined,
      subids: {
        ...{ uidCount: 0, gidCount: 0, addCommand: 'usermod …' },
        ...{ mappedCount: undefined, arePrivileged: undefined },
      },
      devices: { tun: 'missing', fuse: 'missing' },
      cgroup: { layout: 'none', controllers: [] },
      freeBytes: undefined,
      runtimeDir: { variable: undefined, state: 'missing', isInMemory: undefined },
      engine: { state: 'failed', error: new CtError('unavailable', 'no podman') },
    });
    expect(report.counts.fail).toBeGreaterThan(4);
  });

  it('gives a remedy for every failure and warning', () => {
    const states = [
      { ...goodHost, programs: {}, devices: { tun: 'missing', fuse: 'missing' } as const },
      { ...goodHost, userns: { max: 0, cloneSwitch: 0, apparmorSwitch: 1 } },
      { ...goodHost, freeBytes: 0, nodeVersion: 'v18.0.0', podmanVersion: '3.4.4' },
    ];
    for (const check of states.flatMap((facts) => examine(facts).checks)) {
      if (check.status === 'fail' || check.status === 'warn')
        expect(check.fix, check.id).toBeTruthy();
    }
  });

  it('has ids that are unique', () => {
    expect(new Set(CHECKS.map(({ id }) => id)).size).toBe(CHECKS.length);
  });
});
