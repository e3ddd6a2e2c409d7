import { describe, expect, it } from 'vitest';
import { gemini } from '../../src/agents/gemini.ts';
import { LENT, planInstall } from '../../src/plan/install.ts';

const wish = {
  agent: gemini.name,
  install: gemini.install,
  command: gemini.command,
  imageReference: 'localhost/ct/agent:x',
  lentDir: '/run/user/1/ct/lent-x',
  authorities: { bundle: '/etc/ca.crt', own: '/state/own-ca.pem' },
  ownDir: '/volumes/ct-packages/_data/gemini',
  run: 'r1',
  instance: 'i1',
  owner: { pid: 1, startTicks: '2', bootId: 'b', pidNamespace: '3' },
  seccomp: { name: 'default', digest: 'd'.repeat(64), path: '/data/seccomp/d.json' },
  relabel: false,
  ctVersion: '0',
} as const;

const plan = planInstall(wish);

describe('planInstall', () => {
  it('gives the container no project and no home of the user', () => {
    const sources = plan.sandbox.mounts.flatMap((mount) => ('source' in mount ? mount.source : []));
    expect(sources).toEqual([
      '/run/user/1/ct/lent-x',
      '/etc/ca.crt',
      '/state/own-ca.pem',
      wish.ownDir,
    ]);
  });

  it('has what is lent labelled where SELinux wants it, and no file of the system', () => {
    const { mounts } = planInstall({ ...wish, relabel: true }).sandbox;
    const labelled = mounts.flatMap((mount) =>
      mount.kind === 'bind' && mount.relabel === true ? [mount.source] : [],
    );
    expect(labelled).toEqual(['/run/user/1/ct/lent-x', '/state/own-ca.pem', wish.ownDir]);
    expect(JSON.stringify(plan)).not.toContain('relabel');
  });

  it('lets it write to its own directory of the packages volume and to memory, and nowhere else', () => {
    expect(plan.sandbox.readOnlyRoot).toBe(true);
    const writable = plan.sandbox.mounts.filter(
      (mount) => !('readOnly' in mount && mount.readOnly),
    );
    expect(writable.map(({ target }) => target).sort()).toEqual([
      '/home/ct',
      '/opt/ct/packages/gemini',
      '/run',
      '/tmp',
    ]);
  });

  it('runs it without capabilities, as the user', () => {
    expect(plan.sandbox.capabilities).toEqual([]);
    expect(plan.sandbox.noNewPrivileges).toBe(true);
    expect(plan.sandbox.user).toEqual({ uid: 1000, gid: 1000 });
  });

  it('is found again and removed when its ct was killed', () => {
    expect(plan.autoRemove).toBe(true);
    expect(plan.labels).toMatchObject({ 'ct.instance': 'i1', 'ct.kind': 'install' });
    expect(plan.labels['ct.owner']).toMatch(/^1:2:/u);
  });

  it('passes npm its settings as a file: nothing of the host is in the environment', () => {
    expect(plan.sandbox.env['npm_config_userconfig']).toBe(`${LENT}/npmrc`);
    expect(
      Object.keys(plan.sandbox.env).filter((name) => /proxy|registry|token/iu.test(name)),
    ).toEqual([]);
  });
});
