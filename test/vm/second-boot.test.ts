import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ct } from '../integration/support/ct.ts';
import { bootId, leftBehind } from './support/reboot.ts';
import { measured } from './support/session.ts';

/** The same machine after it was reset while sessions ran: see first-boot.test.ts. */
const ids = (): string =>
  execFileSync('podman', ['ps', '-aq', '--no-trunc'], { encoding: 'utf8' }).trim();

describe('after a power cut in the middle of sessions', () => {
  const left = leftBehind();

  it('the engine still has their containers', () => {
    expect(bootId()).not.toBe(left.bootId);
    expect(ids().split('\n').sort()).toEqual([...left.containers].sort());
  });

  it('the next command removes them, and what they held in their projects', async () => {
    expect(await measured()).toEqual([]);
    expect(ids()).toBe('');
    for (const { path, names } of left.projects) {
      expect(
        readdirSync(path).filter((name) => !['begun', 'script', 'out'].includes(name)),
      ).toEqual(names);
    }
  });

  it('a session runs in the same project as if nothing had been', async () => {
    const [first] = left.projects;
    const cwd = first?.path ?? '';
    const done = await ct(['run', '-m', '256MiB', 'shell', '-c', 'cat begun'], { cwd });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout.toString()).toBe('begun\n');
    expect(await measured()).toEqual([]);
  });
});
