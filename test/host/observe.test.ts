import { realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import {
  locate,
  observe,
  observingHost,
  parseIdMap,
  parseLimits,
  parseMountinfo,
  parseStatus,
} from '../../src/host/observe.ts';

describe('observe', () => {
  it('reads this very process as the kernel shows it', () => {
    const seen = observe(process.pid);
    expect(seen.args[0]).toContain('node');
    expect(seen.env).toContain(`PATH=${process.env['PATH']}`);
    expect(seen.status.uids[0]).toBe(process.getuid?.());
    expect(seen.namespaces).toEqual(observingHost().namespaces);
    expect(seen.interfaces).toContain('lo');
    expect(seen.mounts.some(({ target }) => target === '/proc')).toBe(true);
    expect(seen.limits.get('Max open files')?.hard).toBeGreaterThan(0);
    expect(seen.files.size).toBeGreaterThan(2);
  });

  it('fails for a process that is not there', () => {
    expect(() => observe(2 ** 30)).toThrow(/ENOENT/u);
  });

  it('takes a status that it cannot read for the worst', () => {
    const { capabilities, seccomp, noNewPrivileges } = parseStatus('Name:\tx\n');
    expect(capabilities.Bnd).toBe(0xffffffffffffffffn);
    expect([seccomp, noNewPrivileges]).toEqual([0, false]);
  });

  it.each([
    ['Groups:\t1000 27 \n', [1000, 27]],
    ['Groups:\t \nNStgid:\t8861\t1\n', []],
    ['Groups:\nNStgid:\t8861\t1\n', []],
  ])('reads the groups of %j', (text, groups) => {
    expect(parseStatus(text).groups).toEqual(groups);
  });

  it('reads maps, limits and mounts with odd names', () => {
    expect(parseIdMap('         0     100000       1000\n')).toEqual([
      { inside: 0, outside: 100_000, count: 1000 },
    ]);
    expect(parseLimits('Max open files            20   unlimited  files     \n')).toEqual(
      new Map([['Max open files', { soft: 20, hard: Infinity }]]),
    );
    const line =
      '36 35 98:0 /a\\040b /m\\012\\134n rw,noatime master:1 shared:2 - ext4 /dev/sda rw,size=1k\n';
    expect(parseMountinfo(line)).toEqual([
      {
        id: 36,
        device: '98:0',
        root: '/a b',
        target: '/m\n\\n',
        options: ['rw', 'noatime'],
        type: 'ext4',
        superOptions: ['rw', 'size=1k'],
      },
    ]);
  });
});

describe('locate', () => {
  const mount = (target: string, device: string, root = '/') => ({
    ...{ id: 1, options: [], type: 'x', superOptions: [] },
    ...{ target, device, root },
  });

  it('finds the directory of a file system by the mount it lies in', () => {
    const mounts = [mount('/', '1:0'), mount('/home', '2:0', '/sub'), mount('/homework', '3:0')];
    expect(locate('/home/me/p', mounts)).toEqual({ device: '2:0', root: '/sub/me/p' });
    expect(locate('/home', mounts)).toEqual({ device: '2:0', root: '/sub' });
    expect(locate('/etc', mounts)).toEqual({ device: '1:0', root: '/etc' });
    expect(locate('/', mounts)).toEqual({ device: '1:0', root: '/' });
    expect(locate('/home/x', [...mounts, mount('/home', '4:0')])?.device).toBe('4:0');
  });

  it('tells directories of NFS apart, which all have / as their root', () => {
    const [share, project] = parseMountinfo(
      [
        '36 35 0:37 / /home rw - nfs4 server:/export/ rw,vers=4.2',
        '37 35 0:37 / /projects/p rw,nosuid - nfs4 server:/export/me/a\\040b rw,vers=4.2',
      ].join('\n'),
    );
    const mounts = [share, project].flatMap((mount) => mount ?? []);
    const place = { device: '0:37', root: 'server:/export/me/a b' };
    expect(locate('/home/me/a b', mounts)).toEqual(place);
    expect(project).toMatchObject(place);
    expect(locate('/home', mounts)?.root).toBe('server:/export');
  });

  it('knows where directories of this host lie', () => {
    const place = observingHost().locate(realpathSync(tmpdir()));
    expect(place?.device).toMatch(/^\d+:\d+$/u);
  });
});
