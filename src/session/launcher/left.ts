import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { removeQuietly } from '../../host/files.ts';
import { endSame } from '../../host/process.ts';
import { recallText, rememberText } from '../../host/remembered.ts';
import type { Launcher } from './prepare.ts';

/**
 * Launchers that wait, by pid with their start time. Podman ends the input of those whose service is killed;
 * containerd has an end of it of its own, and they would wait for as long as their session.
 */
function directory(runtimeDir: string): string {
  return `${runtimeDir}/ct/launchers`;
}

/** One waits. */
export function noteWaiting({ context, pid, startTicks }: Launcher): void {
  rememberText(`${directory(context.paths.runtimeDir)}/${pid}`, startTicks);
}

/** It has been claimed, and is the user's program from now on, or has ended. */
export function forgetWaiting({ context, pid }: Launcher): void {
  removeQuietly(`${directory(context.paths.runtimeDir)}/${pid}`);
}

/** Ends those that an earlier service left. */
export function endLeft(runtimeDir: string): void {
  for (const path of recorded(runtimeDir)) {
    const pid = Number(basename(path));
    const startTicks = recallText(path);
    if (startTicks !== undefined) endSame(pid, startTicks);
    removeQuietly(path);
  }
}

function recorded(runtimeDir: string): readonly string[] {
  try {
    return readdirSync(directory(runtimeDir)).map((name) => `${directory(runtimeDir)}/${name}`);
  } catch {
    return [];
  }
}
