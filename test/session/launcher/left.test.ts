import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readStat } from '../../../src/host/process.ts';
import { endLeft, forgetWaiting, noteWaiting } from '../../../src/session/launcher/left.ts';
import type { Launcher } from '../../../src/session/launcher/prepare.ts';

let runtimeDir: string;
let child: ChildProcess;
beforeEach(async () => {
  runtimeDir = mkdtempSync(join(tmpdir(), 'ct-left-'));
  child = spawn('sleep', ['60']);
  await once(child, 'spawn');
});
afterEach(() => {
  child.kill('SIGKILL');
  rmSync(runtimeDir, { recursive: true });
});

function launcher(startTicks = readStat(child.pid ?? 0)?.startTicks): Launcher {
  return { context: { paths: { runtimeDir } }, pid: child.pid, startTicks } as Launcher;
}

const noted = (): boolean => existsSync(`${runtimeDir}/ct/launchers/${child.pid}`);

describe('launchers that a service left', () => {
  it('are ended by the next one', async () => {
    noteWaiting(launcher());
    const ended = once(child, 'exit');
    endLeft(runtimeDir);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(noted()).toBe(false);
  });

  it('are not whoever has their pid by now', () => {
    noteWaiting(launcher('1'));
    endLeft(runtimeDir);
    expect([readStat(child.pid ?? 0)?.state, noted()]).toEqual(['S', false]);
  });

  it('are none that were claimed, and none where there was no service', () => {
    endLeft(runtimeDir);
    noteWaiting(launcher());
    forgetWaiting(launcher());
    endLeft(runtimeDir);
    expect(readStat(child.pid ?? 0)?.state).toBe('S');
  });
});
