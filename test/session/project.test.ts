import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { currentOwner } from '../../src/host/process.ts';
import type { SessionPlan } from '../../src/plan/plan.ts';
import type { SessionContext } from '../../src/session/context.ts';
import { guardProject, holdProject, releaseProject } from '../../src/session/project.ts';
import { scratch } from '../support/scratch.ts';

/** A project that lacks one of its mount points. */
function scene() {
  const [source, stateDir] = [scratch(), scratch()];
  const project = { source, stubs: [`${source}/.husky`], mounted: [] };
  const plan = { session: 'ab12cd34', project } as unknown as SessionPlan;
  const context = { paths: { stateDir }, owner: currentOwner() } as unknown as SessionContext;
  holdProject(plan, context);
  return { plan, context, stub: `${source}/.husky`, journal: `${stateDir}/stubs/ab12cd34` };
}

/** Command lines of this host. */
function commands(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    });
}

describe('guardProject', () => {
  it('has the mount points taken away when PID 1 ends', async () => {
    const { plan, context, stub } = scene();
    const first = spawn('sleep', ['100'], { stdio: 'ignore' });
    await guardProject({ plan, context, pid: first.pid ?? 0 });
    expect(existsSync(stub)).toBe(true);
    first.kill('SIGKILL');
    await expect.poll(() => existsSync(stub), { timeout: 60_000 }).toBe(false);
  });

  it('waits for nobody when the session ended before there was a PID 1 to see', async () => {
    const { plan, context, stub, journal } = scene();
    await guardProject({ plan, context, pid: 0 });
    expect(commands().filter((command) => command.includes(journal))).toEqual([]);
    releaseProject(plan, context);
    expect(existsSync(stub)).toBe(false);
  });
});
