import { describe, expect, it } from 'vitest';
import { goodHost, judge, without } from '../support.ts';

describe('account checks', () => {
  it('wants a full range of subordinate ids', () => {
    const addCommand = 'usermod --add-subuids 165536-231071 me';
    const subids = { ...goodHost.subids, uidCount: 0, addCommand, mappedCount: undefined };
    expect(judge('subids', { subids })).toMatchObject({
      status: 'fail',
      fix: `as root:  ${addCommand}\nthen, as me:  podman system migrate`,
    });
  });

  it('believes the mapping that worked, whatever the files say', () => {
    expect(judge('subids', { subids: { ...goodHost.subids, uidCount: 0 } }).status).toBe('ok');
  });

  it('tells listed ids from ids that can really be mapped', () => {
    const result = judge('subids', { subids: { ...goodHost.subids, mappedCount: 1 } });
    expect(result.status).toBe('fail');
    expect(result.fix).toContain('newuidmap');
  });

  it('wants newuidmap and newgidmap with their rights', () => {
    expect(judge('newuidmap', { programs: without('newgidmap') }).status).toBe('fail');
    const subids = { ...goodHost.subids, arePrivileged: false };
    expect(judge('newuidmap', { subids }).fix).toContain('chmod u+s');
    expect(judge('newuidmap', { subids: { ...subids, arePrivileged: undefined } }).status).toBe(
      'unknown',
    );
  });

  it.each([
    [{ variable: undefined, state: 'missing', isInMemory: undefined }, 'warn'],
    [{ variable: '/run/user/1', state: 'missing', isInMemory: undefined }, 'fail'],
    [{ variable: '/run/user/1', state: 'foreign', isInMemory: true }, 'fail'],
    [{ variable: '/run/user/1', state: 'open', isInMemory: true }, 'fail'],
    [{ variable: '/home/me/run', state: 'own', isInMemory: false }, 'warn'],
    [{ variable: '/run/user/1', state: 'own', isInMemory: true }, 'ok'],
  ] as const)('judges the runtime directory %j: %s', (runtimeDir, status) => {
    expect(judge('runtime-dir', { runtimeDir }).status).toBe(status);
  });

  it('warns of a home on a network, where containers cannot be stored', () => {
    const networkFs = { home: 'NFS', containers: undefined };
    const engine = { state: 'skipped', why: 'not asked' } as const;
    expect(judge('home', {}).status).toBe('ok');
    expect(judge('home', { networkFs, engine })).toMatchObject({
      status: 'warn',
      found: 'on NFS: containers cannot be stored there',
    });
    expect(judge('home', { networkFs })).toMatchObject({
      status: 'ok',
      found: 'on NFS; containers are stored on a local file system',
    });
  });

  it('fails an engine that stores containers on a network, wherever the home is', () => {
    const networkFs = { home: undefined, containers: 'NFS' };
    const result = judge('home', { networkFs });
    expect(result).toMatchObject({
      status: 'fail',
      found: 'containers are stored on NFS, where none can be set up',
    });
    expect(result.fix).toContain('point graphroot of ~/.config/containers/storage.conf');
  });

  it('says how the service of ct stands', () => {
    const service = (state: 'installed' | 'runs' | 'none', ...missing: string[]) =>
      judge('service', { service: { state, missing } });
    expect(service('installed')).toMatchObject({ status: 'ok' });
    expect(service('runs')).toMatchObject({ status: 'ok', found: 'runs' });
    expect(service('none').status).toBe('skipped');
    expect(service('installed', '/old/node')).toMatchObject({
      status: 'warn',
      found: expect.stringContaining('/old/node'),
      fix: expect.stringContaining('ct daemon install'),
    });
  });

  it('mentions lingering only where systemd runs', () => {
    expect(judge('lingering', { hasSystemd: false, isLingering: undefined }).status).toBe(
      'skipped',
    );
    expect(judge('lingering', { isLingering: false }).fix).toContain('loginctl enable-linger me');
  });
});
