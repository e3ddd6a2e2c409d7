import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dockerRun, podmanRun } from '../../../src/bench/peers/container-flags.ts';
import type { SessionPlan } from '../../../src/plan/plan.ts';

/** A plan as golden tests have it. */
function goldenPlan(name: string): SessionPlan {
  return JSON.parse(readFileSync(`test/golden/plans/${name}`, 'utf8')) as SessionPlan;
}

const plan = goldenPlan('gemini-strict.json');

describe('podman run beside a session', () => {
  const flags = podmanRun(plan, 'none', ['true']);
  const { sandbox } = plan.container;

  it('has every wall that the session has', () => {
    expect(flags).toEqual(
      expect.arrayContaining([
        '--cap-drop=all',
        '--security-opt=no-new-privileges',
        '--read-only',
        `--security-opt=seccomp=${sandbox.seccomp?.path}`,
        `--userns=keep-id:uid=${sandbox.userns.uid},gid=${sandbox.userns.gid}`,
        `--user=${sandbox.user.uid}:${sandbox.user.gid}`,
        '--network=none',
        `--label=ct.bench=${plan.project.source}`,
      ]),
    );
  });

  it('mounts all that the session mounts, and passes every variable', () => {
    const mounts = flags.filter((flag) => /^--(mount|tmpfs)=/u.test(flag));
    expect(mounts).toHaveLength(sandbox.mounts.length);
    for (const { target } of sandbox.mounts) {
      expect(mounts.some((flag) => flag.includes(target))).toBe(true);
    }
    const variables = flags.filter((flag) => flag.startsWith('--env='));
    expect(variables).toHaveLength(Object.keys(sandbox.env).length);
  });

  it('runs the words behind the init, without the gate', () => {
    const image = flags.indexOf(sandbox.image);
    expect(flags.slice(image)).toEqual([sandbox.image, '--', 'true']);
    expect(flags[image - 1]).toBe(`--entrypoint=["${sandbox.args[0]}"]`);
    expect(flags.join(' ')).not.toContain('/usr/libexec/ct/entry');
  });
});

describe('docker run beside a session', () => {
  it('uses only words that docker has', () => {
    const flags = dockerRun(plan, ['true']).join(' ');
    for (const word of ['keep-id', '--unsetenv-all', '--no-hosts', '--image-volume']) {
      expect(flags).not.toContain(word);
    }
    expect(flags).toContain('--network=none');
    expect(flags).toContain('--read-only');
  });
});
