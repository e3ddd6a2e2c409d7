import { CtError } from '../../base/errors.ts';
import { PATHS } from '../../base/layout.ts';
import { silentReport } from '../../base/report.ts';
import { CT_VERSION } from '../../base/version.ts';
import type { ExecProcess } from '../../engine/engine.ts';
import { observeConfinement } from '../../host/observe.ts';
import { readStat } from '../../host/process.ts';
import { openContext, type SessionContext } from '../context.ts';
import { notAsPlanned } from '../verify-launch.ts';
import type { LauncherWish } from './wish.ts';

/** A program in a session that waits to be told what it is to become. */
export interface Launcher {
  readonly wish: LauncherWish;
  readonly context: SessionContext;
  readonly process: ExecProcess;
  /** Host pid, and its start time */
  readonly pid: number;
  readonly startTicks: string;
  /** It ended, or its engine did */
  isOver: boolean;
}

/**
 * Starts a launcher by the engine's own exec, as `ct exec` starts any program. A confined service starts no engine:
 * that would be confined as it is.
 *
 * Errors: those of an exec; failed_precondition when it is not confined as PID 1 is, or ended at once (a session of
 * an older image has none)
 */
export async function prepareLauncher(
  wish: LauncherWish,
  { isConfined }: { readonly isConfined: boolean },
): Promise<Launcher> {
  const { about, config, env } = wish;
  const given = { config, env, report: silentReport, ctVersion: CT_VERSION };
  const context = openContext({ ...given, mayStartEngine: !isConfined });
  let process: ExecProcess | undefined;
  try {
    const engine = await context.engine();
    process = await engine.exec(about.container, {
      args: [PATHS.launcher],
      env: {},
      cwd: about.workdir,
      user: { uid: PATHS.uid, gid: PATHS.gid },
      terminal: false,
      stdin: true,
    });
    const pid = await process.pid();
    const startTicks = readStat(pid)?.startTicks;
    if (startTicks === undefined) throw new CtError('failed_precondition', 'it ended at once');
    verifyConfined(pid, about.pid);
    const launcher: Launcher = { wish, context, process, pid, startTicks, isOver: false };
    const over = (): void => void (launcher.isOver = true);
    process.ended.then(over, over);
    return launcher;
  } catch (thrown) {
    process?.close();
    await context.close();
    throw thrown;
  }
}

/** In the very namespaces of PID 1, and with no more rights than it has. Errors: failed_precondition */
function verifyConfined(pid: number, init: number): void {
  const [seen, planned] = [confinement(pid), confinement(init)];
  const differences = Object.entries(planned).flatMap(([what, value]) =>
    seen[what] === value ? [] : [{ what, planned: value, seen: seen[what] ?? 'none' }],
  );
  if (differences.length > 0) throw notAsPlanned(differences);
}

function confinement(pid: number): Readonly<Record<string, string>> {
  const { status, namespaces } = observeConfinement(pid);
  return {
    ...Object.fromEntries(
      Object.entries(namespaces).map(([kind, id]) => [`${kind} namespace`, id]),
    ),
    ...Object.fromEntries(
      Object.entries(status.capabilities).map(([set, bits]) => [`capabilities ${set}`, `${bits}`]),
    ),
    seccomp: `mode ${status.seccomp}, ${status.filters} filters`,
    'no new privileges': String(status.noNewPrivileges),
    'user ids': status.uids.join(' '),
    'group ids': status.gids.join(' '),
  };
}

/** Whether it still waits: another program of the session may have stopped or ended it. */
export function stillWaits({ pid, startTicks, isOver }: Launcher): boolean {
  if (isOver) return false;
  const stat = readStat(pid);
  return stat?.startTicks === startTicks && !['T', 't', 'Z', 'X'].includes(stat.state);
}

/** Ends one that nobody has claimed: it reads the end of its input. */
export async function dismiss({ process, context }: Launcher): Promise<void> {
  process.close();
  await context.close();
}
