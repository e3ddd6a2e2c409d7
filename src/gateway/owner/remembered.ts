import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { readStat } from '../../host/process.ts';
import type { ServeWish } from '../served-session.ts';
import { servedDir, servedFile } from './place.ts';

/** What lies on disk of a session that is served: enough to take it up again. */
export interface Remembered extends ServeWish {
  /** Start time of its PID 1: the pid alone may be another process by now */
  readonly startTicks: string;
}

/** `undefined` for what is no such file, or is gone. */
export function readRemembered(path: string): Remembered | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Remembered;
  } catch {
    return undefined;
  }
}

/**
 * What was last in force of a session that another process served: its rules may have been changed since
 * it began. As it was asked for when nothing was written down.
 */
export function lastServed(runtimeDir: string, wish: ServeWish): ServeWish {
  const found = readRemembered(servedFile(runtimeDir, wish.session));
  return found?.pid === wish.pid ? { ...wish, policy: found.policy } : wish;
}

/** Whether sessions run that only a process like the one that served them can take up again. */
export function hasUnserved(runtimeDir: string): boolean {
  const dir = servedDir(runtimeDir);
  if (!existsSync(dir)) return false;
  return readdirSync(dir).some((name) => {
    const found = readRemembered(`${dir}/${name}`);
    if (found === undefined || found.isWatched === true) return false;
    return readStat(found.pid)?.startTicks === found.startTicks;
  });
}
