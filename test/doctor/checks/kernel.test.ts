import { describe, expect, it } from 'vitest';
import { goodHost, judge } from '../support.ts';

describe('kernel checks', () => {
  it('wants overlay in user namespaces, from the kernel or from fuse-overlayfs', () => {
    expect(judge('kernel', { kernelRelease: '5.10.0-30-amd64' }).status).toBe('fail');
    const programs = { ...goodHost.programs, 'fuse-overlayfs': '/usr/bin/fuse-overlayfs' };
    expect(judge('kernel', { kernelRelease: '5.10.0-30-amd64', programs }).status).toBe('warn');
    expect(judge('kernel', { kernelRelease: '5.11.0' }).status).toBe('ok');
  });

  it('names the switch that forbids user namespaces', () => {
    const allowed = goodHost.userns;
    expect(judge('userns', { userns: { ...allowed, max: 0 } }).fix).toContain(
      'max_user_namespaces',
    );
    expect(judge('userns', { userns: { ...allowed, cloneSwitch: 0 } }).fix).toContain(
      'unprivileged_userns_clone=1',
    );
  });

  it('takes AppArmor’s switch for harmless when a namespace could be made', () => {
    const userns = { ...goodHost.userns, apparmorSwitch: 1 };
    expect(judge('userns', { userns }).status).toBe('ok');
    const subids = { ...goodHost.subids, mappedCount: undefined };
    expect(judge('userns', { userns, subids }).status).toBe('warn');
  });

  it('warns of swap in plain text, which secrets may be written to (LEAK-13)', () => {
    expect(judge('swap', { plainSwap: [] }).status).toBe('ok');
    expect(judge('swap', { plainSwap: undefined }).status).toBe('unknown');
    const found = judge('swap', { plainSwap: ['/dev/vda2'] });
    expect(found).toMatchObject({ status: 'warn', fix: expect.stringContaining('crypttab') });
  });

  it('wants seccomp filters', () => {
    expect(judge('seccomp', { hasSeccomp: false }).status).toBe('fail');
    expect(judge('seccomp', { hasSeccomp: undefined }).status).toBe('unknown');
  });

  it('wants the tun device, and fuse on old kernels only', () => {
    expect(judge('dev-tun', { devices: { tun: 'forbidden', fuse: 'usable' } }).fix).toContain(
      'chmod 666 /dev/net/tun',
    );
    const devices = { tun: 'missing', fuse: 'missing' } as const;
    expect(judge('dev-tun', { devices }).fix).toContain('mknod -m 666 /dev/net/tun c 10 200');
    expect(judge('dev-fuse', { devices }).status).toBe('ok');
    expect(judge('dev-fuse', { devices, kernelRelease: '5.4.0' }).status).toBe('fail');
  });
});
