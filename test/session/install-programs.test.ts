import { describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { installedFrom, readVerification } from '../../src/session/install-programs.ts';
import { installFailure } from '../../src/session/install-failure.ts';
import { failedIn, layerFailure } from '../../src/session/make-layer.ts';

describe('what the scripts say', () => {
  it('is what was installed', () => {
    const wanted = { manager: 'npm', name: 'x', version: '*' } as const;
    const lines = ['added 1 package', 'ct-program\tx', 'ct-program\ty', 'ct-installed\t1.2.3'];
    expect(installedFrom(wanted, 'r1', lines)).toMatchObject({
      ...{ version: '1.2.3', wanted: '*', entry: 'npm/x/r1' },
      programs: ['x', 'y'],
    });
  });

  it('is no program whose name leads elsewhere', () => {
    const wanted = { manager: 'npm', name: 'x', version: '*' } as const;
    const names = [
      '../../evil',
      '/etc/x',
      '.',
      '..',
      '',
      'a\u0000b',
      'a\u001bb',
      'l'.repeat(256),
      'ok',
    ];
    const lines = names.map((name) => `ct-program\t${name}`);
    expect(installedFrom(wanted, 'r1', lines).programs).toEqual(['ok']);
  });

  it('is what works and what does not', () => {
    const found = readVerification([
      'ct-debian\tjq\t1.7',
      'ct-runs\t/opt/bin/x\t1.0',
      'ct-broken\t/opt/bin/y\tit does not start: y: not found',
    ]);
    expect(found.debian).toEqual({ jq: '1.7' });
    expect([...found.broken]).toEqual([['y', 'it does not start: y: not found']]);
  });

  it('is which Debian package failed, or which archive could not be reached', () => {
    expect(failedIn(['Reading', 'ct-failed\tx\tUnable to locate package x'])).toEqual([
      { manager: 'apt', name: 'x', reason: 'Unable to locate package x' },
    ]);
    const error = new CtError('failed_precondition', 'the step failed');
    const lines = ["E: Failed to fetch http://deb.example/x  Could not resolve 'deb.example'"];
    expect(layerFailure(error, lines).message).toContain('deb.example cannot be reached');
    expect(layerFailure(error, [])).toBe(error);
  });

  it.each([
    ['pip', "WARNING: Retrying: Failed to resolve 'pypi.example' ([Errno -2])", 'pypi.example'],
    [
      'cargo',
      '  [6] Could not resolve hostname (Could not resolve host: index.example.io)',
      'index.example.io',
    ],
    [
      'gems',
      'ERROR:  Unable to download data from https://gems.example/ - Failed to open TCP connection to gems.example:443',
      'gems.example',
    ],
  ])('is which host %s could not reach', (_manager, line, host) => {
    const { message, code } = installFailure('x', 1, [line]);
    expect(code).toBe('unavailable');
    expect(message).toContain(`${host} cannot be reached`);
  });
});
