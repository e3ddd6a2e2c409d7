import { setTimeout as sleep } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import { Terminal } from '../../host/terminal.ts';
import { terminalSizeOf } from '../../host/terminal-size.ts';

/** How long the engine may take to pass a size on, `ms`; then the program learns it by SIGWINCH */
const PATIENCE_MS = 1_000;
const PAUSE_MS = 10;

/**
 * Waits until the terminal inside has the size of the user's. The engine says that it has passed a size on
 * before it has (Podman's conmon does it in its own time): a new session takes longer to come to its gate, a
 * standby is there already, and its program would begin with no size at all.
 */
export async function insistOnSize(
  engine: Pick<Engine, 'resize'>,
  { id, pid }: { readonly id: string; readonly pid: number },
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const terminal = new Terminal();
  for (const until = performance.now() + PATIENCE_MS; performance.now() < until;) {
    const wanted = terminal.size();
    const seen = await terminalSizeOf(pid, env).catch(() => undefined);
    if (seen?.columns === wanted.columns && seen.rows === wanted.rows) return;
    await engine.resize(id, wanted).catch(() => undefined);
    await sleep(PAUSE_MS);
  }
}
