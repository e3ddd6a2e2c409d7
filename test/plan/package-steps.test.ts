import { describe, expect, it } from 'vitest';
import { planPackage, planVerification } from '../../src/plan/package-steps.ts';

const common = {
  imageReference: 'localhost/ct/packages:x',
  lentDir: '/run/user/1/ct/lent-x',
  authorities: { bundle: undefined, own: undefined },
  seccomp: { name: 'default', digest: 'd'.repeat(64), path: '/data/seccomp/d.json' },
  relabel: false,
  instance: 'i1',
  owner: { pid: 1, startTicks: '2', bootId: 'b', pidNamespace: '3' },
  ctVersion: '0',
} as const;

const volumeOf = (spec: ReturnType<typeof planVerification>) =>
  spec.sandbox.mounts.find(({ kind }) => kind === 'volume');

describe('containers for packages', () => {
  it('install with a network and write to the volume, one directory each', () => {
    const spec = planPackage(
      { manager: 'npm', name: '@s/x', version: '*' },
      'r1',
      undefined,
      common,
    );
    expect(spec.sandbox.network).toEqual({ kind: 'host' });
    expect(volumeOf(spec)).toMatchObject({ readOnly: false });
    expect(spec.sandbox.args.slice(-4)).toEqual([
      ...['npm', '@s/x', '*', '/opt/ct/packages/.packages-i1/entries/npm/@s+x/r1'],
    ]);
  });

  it('keep the own lines off the command line', () => {
    const line = { manager: 'post_install', name: 'echo "$HOME"', version: '*' } as const;
    expect(planPackage(line, 'r1', 'g1', common).sandbox.args.join(' ')).not.toContain('echo');
  });

  it('look without a network and without writing', () => {
    const spec = planVerification('r1', 'g1', common);
    expect(spec.sandbox.network).toEqual({ kind: 'none' });
    expect(volumeOf(spec)).toMatchObject({ readOnly: true });
    expect(spec.sandbox.env['PATH']).toMatch(
      /^\/opt\/ct\/packages\/\.packages-i1\/generations\/g1\/bin:/u,
    );
  });
});
