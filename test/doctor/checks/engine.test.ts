import { describe, expect, it } from 'vitest';
import { CtError } from '../../../src/base/errors.ts';
import type { EngineInfo } from '../../../src/engine/engine.ts';
import { goodEngine, judge, without } from '../support.ts';

const withInfo = (changes: Partial<EngineInfo>) => ({
  ...goodEngine,
  info: { ...goodEngine.info, ...changes },
});

const hybrid = { layout: 'hybrid', controllers: [] } as const;

describe('engine checks', () => {
  it('wants Podman 4.0 or later', () => {
    expect(judge('podman', { programs: without('podman', 'rootlesskit') }).fix).toContain(
      'apt-get install podman',
    );
    expect(judge('podman', { podmanVersion: '3.4.4' }).status).toBe('fail');
    expect(judge('podman', { podmanVersion: '4.0.0-rc1' }).status).toBe('ok');
  });

  it('takes containerd in place of Podman, if all of it is there', () => {
    expect(judge('podman', { programs: without('podman') }).status).toBe('skipped');
    expect(judge('containerd', {}).status).toBe('ok');
    expect(judge('containerd', { programs: without('containerd') }).status).toBe('skipped');
    expect(judge('containerd', { programs: without('rootlesskit') }).status).toBe('warn');
    const alone = judge('containerd', { programs: without('podman', 'rootlesskit') });
    expect(alone.status).toBe('fail');
    expect(alone.fix).toContain('apt-get install containerd rootlesskit');
  });

  it('passes on why the engine did not answer', () => {
    const error = new CtError('unavailable', 'no socket', { hint: 'start it' });
    const engine = { state: 'failed', error } as const;
    expect(judge('engine', { engine })).toMatchObject({
      status: 'fail',
      found: 'no socket',
      fix: 'start it',
    });
    expect(judge('storage-driver', { engine }).status).toBe('skipped');
  });

  it('refuses an engine that runs as root', () => {
    expect(judge('engine', { engine: withInfo({ rootless: false }) }).status).toBe('fail');
  });

  it('fails on vfs, with the lines to type', () => {
    const result = judge('storage-driver', { engine: withInfo({ storageDriver: 'vfs' }) });
    expect(result.status).toBe('fail');
    expect(result.fix).toContain('driver = "overlay"');
    expect(result.fix).toContain('podman system reset');
  });

  it('fails on crun with a hybrid cgroup layout, naming the cure', () => {
    const facts = { cgroup: hybrid, engine: withInfo({ cgroupVersion: 'v1' }) };
    expect(judge('oci-runtime', { ...facts, programs: without('runc') })).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('apt-get install runc') as string,
    });
    expect(judge('oci-runtime', facts).fix).toContain('end the running podman service');
  });

  it('takes runc for fine there, and crun where the engine sees cgroup v2', () => {
    const ociRuntime = { name: 'runc', path: '/usr/bin/runc', version: 'runc version 1.1.5' };
    const engine = withInfo({ cgroupVersion: 'v1', ociRuntime });
    expect(judge('oci-runtime', { cgroup: hybrid, engine })).toMatchObject({
      status: 'ok',
      found: 'runc version 1.1.5',
    });
    expect(judge('oci-runtime', { cgroup: hybrid }).status).toBe('ok');
  });

  it('takes a crun that leaves guards out of mounts for a failure, with runc as the remedy', () => {
    const ociRuntime = { name: 'crun', path: '/usr/bin/crun', version: 'crun version 1.8.1' };
    const engine = withInfo({ cgroupVersion: 'v2', ociRuntime });
    expect(judge('oci-runtime', { engine, programs: without('runc') })).toMatchObject({
      status: 'fail',
      fix: expect.stringContaining('apt-get install runc') as string,
    });
    expect(judge('oci-runtime', { engine }).fix).toContain('containers.conf');
  });

  it('takes the same crun for fine with containerd, where it keeps the guards', () => {
    const ociRuntime = { name: 'crun', path: '/usr/bin/crun', version: 'crun version 1.8.1' };
    const engine = withInfo({ product: 'containerd', cgroupVersion: 'v2', ociRuntime });
    expect(judge('oci-runtime', { engine })).toMatchObject({
      status: 'ok',
      found: 'crun version 1.8.1',
    });
  });

  it('judges the runtime by what is installed when the engine is silent', () => {
    const engine = { state: 'skipped', why: '' } as const;
    const cgroup = hybrid;
    expect(judge('oci-runtime', { engine, programs: without('crun', 'runc') }).status).toBe('fail');
    expect(judge('oci-runtime', { engine, cgroup, programs: without('runc') }).status).toBe('fail');
    expect(judge('oci-runtime', { engine, cgroup }).status).toBe('ok');
  });

  it('warns where limits cannot be set', () => {
    const engine = withInfo({ cgroupVersion: 'v1' });
    const { status, fix } = judge('cgroup', { cgroup: hybrid, engine });
    expect(status).toBe('warn');
    // Processes are counted by setrlimit(2) too: src/sandbox/limits.ts.
    expect(fix).toContain('without limits on memory and processors;');
    expect(judge('cgroup', { engine: withInfo({ cgroupControllers: ['pids'] }) })).toMatchObject({
      status: 'warn',
      found: 'not delegated: memory cpu',
    });
  });

  it('does not advise for containerd what would not help there', () => {
    const engine = withInfo({ product: 'containerd', cgroupVersion: 'v2', cgroupControllers: [] });
    const { status, found, fix } = judge('cgroup', { engine });
    expect([status, found]).toEqual([
      'warn',
      'not on containerd: sessions there have no control group',
    ]);
    expect(fix).not.toContain('Delegate');
  });
});
