import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isServiceStarting } from '../../../src/engine/podman/starting.ts';
import { readStat } from '../../../src/host/process.ts';

/** Processes with the name and the words of Podman's service: what is looked at is in /proc alone. */
describe('isServiceStarting', () => {
  let dir: string;
  let path: string;
  let service: ChildProcess | undefined;

  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ct-starting-'));
    path = join(dir, 'podman.sock');
  });
  afterEach(() => {
    service?.kill('SIGKILL');
    service = undefined;
    rmSync(dir, { recursive: true, force: true });
  });

  /** Runs `name` with `words`; its pid, once it has them. */
  async function begin(name: string, words: readonly string[]): Promise<number> {
    const script = 'process.stdout.write("."); setTimeout(() => {}, 60_000)';
    service = spawn(process.execPath, ['-e', script, ...words], { argv0: name });
    await new Promise((resolve) => service?.stdout?.once('data', resolve));
    return service.pid ?? 0;
  }

  it('is so for one that has just begun', async () => {
    expect(isServiceStarting(path)).toBe(false);
    await begin('/usr/bin/podman', ['system', 'service', `unix://${path}`]);
    expect(isServiceStarting(path)).toBe(true);
  });

  it.each([
    ['another program', 'node', ['system', 'service']],
    ['another command', 'podman', ['run', 'x']],
    ['another socket', 'podman', ['system', 'service', 'unix:///else']],
  ])('is not so for %s', async (_what, name, words) => {
    await begin(name, words);
    expect(isServiceStarting(path)).toBe(false);
  });

  it('is not so for one that was stopped', async () => {
    const pid = await begin('podman', ['system', 'service', `unix://${path}`]);
    process.kill(pid, 'SIGSTOP');
    while (readStat(pid)?.state !== 'T') await new Promise((resolve) => setTimeout(resolve, 5));
    expect(isServiceStarting(path)).toBe(false);
  });

  it('is so by what the kernel says of its age', async () => {
    const pid = await begin('podman', ['system', 'service', `unix://${path}`]);
    const uptime = Number(readFileSync('/proc/uptime', 'utf8').split(' ')[0]);
    const age = uptime - Number(readStat(pid)?.startTicks) / 100;
    expect(age).toBeGreaterThanOrEqual(0);
    expect(age).toBeLessThan(30);
  });
});
