import { spawn } from 'node:child_process';

/** What a program said and how it ended. */
export interface Captured {
  /** Exit status; `undefined` when it could not be started or died of a signal */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a program to its end with nothing on its stdin. Never throws: a missing program has no status.
 * It starts in `/`, so that nothing in the project's directory can configure it.
 */
export function capture(
  argv: readonly [string, ...string[]],
  options: { readonly env: NodeJS.ProcessEnv; readonly timeoutMs: number },
): Promise<Captured> {
  const [program, ...args] = argv;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      cwd: '/',
      env: options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: options.timeoutMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', (error) => resolve({ status: undefined, stdout, stderr: error.message }));
    child.on('close', (code) => resolve({ status: code ?? undefined, stdout, stderr }));
  });
}

/** The environment with the directories where Debian keeps programs of the administrator. */
export function withAdminPath(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, PATH: `${env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin'}:/usr/sbin:/sbin` };
}
