import { existsSync, lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { runProgram, type RunResult } from './exec.ts';
import type { Paths } from './paths.ts';

/** Where the user's systemd is asked. */
export interface ManagerPlace {
  readonly env: NodeJS.ProcessEnv;
  readonly paths: Pick<Paths, 'runtimeDir' | 'configDir'>;
}

/** Units of ct's own, the one that is enabled first. */
export const UNITS = { socket: 'ct.socket', service: 'ct.service' } as const;

/** A stop waits for what a service has to finish. `ms` */
const DEADLINE_MS = 90_000;

/** Whether the account has a systemd, and it owns the runtime directory that ct uses. */
export function hasUserManager({ paths }: ManagerPlace): boolean {
  return existsSync(`${paths.runtimeDir}/systemd/private`);
}

/** Where a unit of the user lies. Source: systemd.unit(5), "User Unit Search Path" */
export function unitPath({ paths }: ManagerPlace, unit: string): string {
  return `${dirname(paths.configDir)}/systemd/user/${unit}`;
}

/** Whether the user's systemd looks after the service. */
export function hasUnits(place: ManagerPlace): boolean {
  const stat = lstatSync(unitPath(place, UNITS.socket), { throwIfNoEntry: false });
  return stat !== undefined && hasUserManager(place);
}

/**
 * `systemctl --user …`, to its end. A status other than zero is an answer.
 *
 * Errors: not_found without systemctl · deadline_exceeded
 */
export async function askManager(
  { env, paths }: ManagerPlace,
  words: readonly string[],
): Promise<RunResult> {
  const kept = ['PATH', 'HOME', 'DBUS_SESSION_BUS_ADDRESS'].flatMap((name) =>
    env[name] === undefined ? [] : [[name, env[name]]],
  );
  return runProgram(
    {
      program: 'systemctl',
      args: ['--user', '--no-pager', ...words],
      env: { ...Object.fromEntries(kept), LC_ALL: 'C', XDG_RUNTIME_DIR: paths.runtimeDir },
    },
    { deadlineMs: DEADLINE_MS },
  );
}

/**
 * The same for what must succeed.
 *
 * Errors: as `askManager` · failed_precondition with systemd's words
 */
export async function tellManager(place: ManagerPlace, words: readonly string[]): Promise<void> {
  const { exitStatus, stderr } = await askManager(place, words);
  if (exitStatus === 0) return;
  const said = printable(stderr.trim().split('\n').slice(0, 3).join('; '));
  const what = `systemctl --user ${words.join(' ')}`;
  throw new CtError('failed_precondition', `'${what}' failed: ${said || `status ${exitStatus}`}`, {
    hint: `look at it with:  systemctl --user status ${UNITS.service} ${UNITS.socket}`,
  });
}
