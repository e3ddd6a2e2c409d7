import { runProgram, systemPath } from './exec.ts';
import type { Size } from './terminal.ts';

const DEADLINE_MS = 2_000;

/**
 * The size of the terminal that is a process's standard input, in whatever namespaces it lives; `undefined`
 * where that cannot be told. By stty(1): Node asks only for terminals that it could name.
 *
 * Source: proc_pid_fd(5), ioctl_tty(2) TIOCGWINSZ
 */
export async function terminalSizeOf(
  pid: number,
  env: NodeJS.ProcessEnv,
): Promise<Size | undefined> {
  const { exitStatus, stdout } = await runProgram(
    {
      program: 'stty',
      args: ['-F', `/proc/${pid}/fd/0`, 'size'],
      env: { PATH: systemPath(env['PATH']), LC_ALL: 'C' },
    },
    { deadlineMs: DEADLINE_MS },
  );
  const [, rows, columns] = /^(\d+) (\d+)$/u.exec(stdout.trim()) ?? [];
  if (exitStatus !== 0 || rows === undefined) return undefined;
  return { rows: Number(rows), columns: Number(columns) };
}
