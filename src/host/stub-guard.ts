import { spawn } from 'node:child_process';
import { templatePath } from './assets.ts';

/**
 * Leaves a small shell script behind that removes the stubs when PID 1 of the session has ended, also when
 * this process was killed before. It stays in the project, through which it reaches them. Where it cannot work (a `tail` without `--pid`) the next ct does it.
 */
export function guardStubs(
  pid: number,
  stubs: { readonly journal: string; readonly removal: readonly string[] },
): void {
  const script = templatePath('stub-guard.sh');
  const child = spawn('/bin/sh', [script, String(pid), stubs.journal, ...stubs.removal], {
    env: { PATH: '/usr/bin:/bin' },
    detached: true,
    stdio: 'ignore',
  });
  child.on('error', () => undefined);
  child.unref();
}
