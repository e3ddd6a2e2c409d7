import { describe, expect, it } from 'vitest';
import { planMounts } from '../../src/sandbox/mounts.ts';

const wish = {
  project: [
    { kind: 'bind', source: '/src/a b', target: '/projects/a b', readOnly: false },
  ] as const,
  home: '/h/gemini',
  authorities: { bundle: undefined, own: undefined },
  ignoreFile: undefined,
  relabel: false,
  tmpBytes: 4096,
};

describe('planMounts', () => {
  it('mounts outer directories before inner ones', () => {
    const targets = planMounts({ ...wish, packages: true }).map((mount) => mount.target);
    for (const [index, target] of targets.entries()) {
      for (const later of targets.slice(index + 1))
        expect(target.startsWith(`${later}/`)).toBe(false);
    }
  });

  it('gives a session the packages read-only, and not at all to a program of the image', () => {
    expect(planMounts({ ...wish, packages: true })).toContainEqual(
      expect.objectContaining({ kind: 'volume', name: 'ct-packages', readOnly: true }),
    );
    expect(planMounts({ ...wish, packages: false }).some((mount) => mount.kind === 'volume')).toBe(
      false,
    );
  });

  it('shows the ignore rules of the user read-only', () => {
    expect(planMounts({ ...wish, packages: false, ignoreFile: '/h/ignore' })).toContainEqual({
      kind: 'bind',
      source: '/h/ignore',
      target: '/run/git-ignore',
      readOnly: true,
    });
  });

  it('labels what belongs to the user where SELinux wants it, and no file of the system', () => {
    const authorities = { bundle: '/etc/ca.crt', own: '/h/.local/state/ct/own-ca-1.pem' };
    const given = { ...wish, packages: true, authorities, ignoreFile: '/h/.gitignore' };
    const mounts = planMounts({ ...given, relabel: true });
    const labelled = mounts.flatMap((mount) =>
      mount.kind === 'bind' && mount.relabel === true ? [mount.target] : [],
    );
    expect(labelled).toEqual([
      ...['/run/ct-authorities.pem', '/run/git-ignore', '/home/ct', '/projects/a b'],
    ]);
    expect(JSON.stringify(planMounts(given))).not.toContain('relabel');
    // A project or a home may lie below a directory that others have from the system.
    const project = [{ ...wish.project[0], source: '/opt/me/p' }];
    const elsewhere = planMounts({
      ...{ ...wish, project, home: '/opt/me/h' },
      ...{ packages: false, relabel: true },
    });
    expect(
      elsewhere.flatMap((mount) => (mount.kind === 'bind' ? [[mount.source, mount.relabel]] : [])),
    ).toEqual([
      ['/opt/me/h', true],
      ['/opt/me/p', true],
    ]);
  });

  it('bounds every tmpfs, and lets programs run only where compilers need it', () => {
    for (const mount of planMounts({ ...wish, packages: false })) {
      if (mount.kind !== 'tmpfs') continue;
      expect(mount.sizeBytes).toBeGreaterThan(0);
      expect(mount.exec).toBe(mount.target === '/tmp' || mount.target === '/var/tmp');
    }
  });
});
