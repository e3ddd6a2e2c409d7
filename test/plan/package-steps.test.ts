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

const own = { run: 'r1', ownDir: '/volumes/entry' };
const below = '/opt/ct/packages/';
const onVolume = (spec: ReturnType<typeof planVerification>) =>
  spec.sandbox.mounts
    .filter(({ target }) => `${target}/`.startsWith(below))
    .map((mount) => [mount.target.slice(below.length), 'readOnly' in mount && mount.readOnly]);

describe('containers for packages', () => {
  it('install with a network and write to one directory of the volume each', () => {
    const spec = planPackage(
      { manager: 'npm', name: '@s/x', version: '*' },
      own,
      undefined,
      common,
    );
    expect(spec.sandbox.network).toEqual({ kind: 'host' });
    expect(onVolume(spec)).toEqual([
      ['', true],
      ['.packages-i1/entries/npm/@s+x/r1', false],
    ]);
    expect(spec.sandbox.args.slice(-4)).toEqual([
      ...['npm', '@s/x', '*', '/opt/ct/packages/.packages-i1/entries/npm/@s+x/r1'],
    ]);
  });

  it('keep the own lines off the command line', () => {
    const line = { manager: 'post_install', name: 'echo "$HOME"', version: '*' } as const;
    expect(planPackage(line, own, 'g1', common).sandbox.args.join(' ')).not.toContain('echo');
  });

  it('look without a network and without writing', () => {
    const spec = planVerification('r1', 'g1', common);
    expect(spec.sandbox.network).toEqual({ kind: 'none' });
    expect(onVolume(spec)).toEqual([['', true]]);
    expect(spec.sandbox.env['PATH']).toMatch(
      /^\/opt\/ct\/packages\/\.packages-i1\/generations\/g1\/bin:/u,
    );
  });
});
