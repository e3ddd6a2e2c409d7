import { existsSync, readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname } from 'node:path';
import { CtError } from '../base/errors.ts';
import { readTemplate } from '../host/assets.ts';
import { ensurePrivateDir, removeQuietly, writeFileAtomic } from '../host/files.ts';
import {
  askManager,
  hasUnits,
  hasUserManager,
  tellManager,
  unitPath,
  UNITS,
} from '../host/user-manager.ts';
import { daemonCommand, daemonLog, type DaemonContext } from '../session/daemon.ts';
import { daemonEnvironment } from '../session/daemon-environment.ts';
import { reviveNetworks } from '../session/network.ts';
import { letDaemonLeave } from './control.ts';
import { MARK, renderPlist, renderUnit, type UnitParts } from './units.ts';

/** A file of the service's, as it is or would be. */
export interface ServiceFile {
  readonly path: string;
  readonly text: string;
  /** Whether it differs from what is there */
  readonly isNew: boolean;
}

/** The units as this ct would write them. Errors: failed_precondition where somebody's own file lies */
export function unitFiles(context: DaemonContext): readonly ServiceFile[] {
  return Object.values(UNITS).map((unit) => {
    const path = unitPath(context, unit);
    const text = renderUnit(readTemplate(unit), unitParts(context));
    return { path, text, isNew: ownText(path) !== text };
  });
}

/** What launchd on macOS would be given. */
export function launchdFile(context: DaemonContext): ServiceFile {
  const path = `${context.paths.home}/Library/LaunchAgents/ct.plist`;
  const text = renderPlist(readTemplate('ct.plist'), unitParts(context));
  return { path, text, isNew: !existsSync(path) };
}

function unitParts(context: DaemonContext): UnitParts {
  // The manager has these of its own, and they may differ from one log-in to the next.
  const {
    XDG_RUNTIME_DIR: _dir,
    DBUS_SESSION_BUS_ADDRESS: _bus,
    ...env
  } = daemonEnvironment(context.env);
  return { command: daemonCommand(), env, log: daemonLog(context) };
}

/**
 * Writes the units and lets systemd listen; what is there already stays as it is. A service that runs without
 * systemd leaves first; sessions go on. Resolves to the files that changed.
 *
 * Errors: failed_precondition without a systemd of the user, or with systemd's words
 */
export async function install(context: DaemonContext): Promise<readonly string[]> {
  if (!hasUserManager(context)) throw noManager();
  if (!(await isActive(context))) await letDaemonLeave(context);
  const changed = await writeUnits(context);
  await tellManager(context, ['enable', '--now', UNITS.socket]);
  await reviveNetworks(context);
  return changed;
}

/** Brings the units to what this ct would write; resolves to the files that changed. */
export async function writeUnits(context: DaemonContext): Promise<readonly string[]> {
  ensurePrivateDir(dirname(daemonLog(context)));
  const changed = unitFiles(context).filter(({ isNew }) => isNew);
  // A value in it may be a proxy's password.
  for (const { path, text } of changed) writeFileAtomic(path, text, 0o600);
  if (changed.length > 0) {
    await tellManager(context, ['daemon-reload']);
    // What was there may have failed so often that systemd waits before it starts anything.
    await askManager(context, ['reset-failed', UNITS.service, UNITS.socket]);
  }
  return changed.map(({ path }) => path);
}

/** Takes the units away; sessions go on. Resolves to the files that went. */
export async function uninstall(context: DaemonContext): Promise<readonly string[]> {
  const found = installedFiles(context);
  if (found.length === 0) return [];
  if (hasUnits(context)) {
    await tellManager(context, ['disable', '--now', UNITS.socket]);
    await tellManager(context, ['stop', UNITS.service]);
  }
  for (const path of found) removeQuietly(path);
  if (hasUserManager(context)) {
    await tellManager(context, ['daemon-reload']);
    await askManager(context, ['reset-failed', UNITS.service]);
  }
  await reviveNetworks(context);
  return found;
}

/** The units of ct's that there are. */
export function installedFiles(context: DaemonContext): readonly string[] {
  return Object.values(UNITS)
    .map((unit) => unitPath(context, unit))
    .filter((path) => ownText(path) !== undefined);
}

/** Whether the account's processes outlast its log-out. Source: loginctl(1) */
export function isLingering(name = userInfo().username, dir = '/var/lib/systemd/linger'): boolean {
  return existsSync(`${dir}/${name}`);
}

async function isActive(context: DaemonContext): Promise<boolean> {
  const { exitStatus } = await askManager(context, ['is-active', '--quiet', UNITS.socket]);
  return exitStatus === 0;
}

/** `undefined` when there is none. Errors: failed_precondition when it is not ct's */
function ownText(path: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
  if (text.includes(MARK)) return text;
  throw new CtError('failed_precondition', `${path} is there, and ct has not written it`, {
    hint: 'move it away, and try again',
  });
}

function noManager(): CtError {
  return new CtError('failed_precondition', 'your account has no systemd here', {
    hint: "the service works without: it is started when it is needed, or by 'ct daemon start'\nafter 'su' or 'sudo' there is none either: log in, or use 'machinectl shell you@'",
  });
}
