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

/** Nobody has ended it: a signal before would be what it died of. */
async function expectAlive(): Promise<void> {
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([null, 'SIGTERM']);
}

describe('launchers that a service left', () => {
  it('are ended by the next one', async () => {
    noteWaiting(launcher());
    const ended = once(child, 'exit');
    endLeft(runtimeDir);
    expect(await ended).toEqual([null, 'SIGKILL']);
    expect(noted()).toBe(false);
  });

  it('are not whoever has their pid by now', async () => {
    noteWaiting(launcher('1'));
    endLeft(runtimeDir);
    expect(noted()).toBe(false);
    await expectAlive();
  });

  it('are none that were claimed, and none where there was no service', async () => {
    endLeft(runtimeDir);
    noteWaiting(launcher());
    forgetWaiting(launcher());
    endLeft(runtimeDir);
    await expectAlive();
  });
});
