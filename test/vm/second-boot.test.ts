import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ct } from '../integration/support/ct.ts';
import { bootId, leftBehind } from './support/reboot.ts';
import { WRITTEN, measured } from './support/session.ts';

/** The same machine after it was reset while sessions ran: see first-boot.test.ts. */
describe('after a power cut in the middle of sessions', () => {
  const left = leftBehind();

  it('what they held in their projects is still there', () => {
    expect(bootId()).not.toBe(left.bootId);
    for (const { path } of left.projects) expect(readdirSync(path)).toContain('.vscode');
  });

  it('the next command gives the projects back as they were, and no container is left', async () => {
    expect(await measured()).toEqual([]);
    // Podman 5 may have removed them by itself when it was first asked.
    expect(execFileSync('podman', ['ps', '-aq'], { encoding: 'utf8' })).toBe('');
    for (const { path, names } of left.projects) {
      expect(readdirSync(path).filter((name) => !WRITTEN.includes(name))).toEqual(names);
    }
  });

  it('a session runs in the same project as if nothing had been', async () => {
    const cwd = left.projects.at(-1)?.path ?? '';
    const done = await ct(['run', '-m', '256MiB', 'shell', '-c', 'cat begun'], { cwd });
    expect(done).toMatchObject({ status: 0, stderr: '' });
    expect(done.stdout.toString()).toBe('begun\n');
    expect(readdirSync(cwd)).toEqual(['begun']);
  });
});
