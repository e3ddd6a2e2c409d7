import { LauncherPool } from '../session/launcher/pool.ts';
import {
  LAUNCHER_METHODS,
  checkedLauncherClaim,
  checkedLauncherWish,
  checkedSignal,
  checkedToken,
} from '../session/launcher/wish.ts';
import type { DaemonPart } from './part.ts';
import type { Handler } from './server.ts';

/** Keeps programs ready in sessions for `ct exec`, and carries their bytes (ADR 0026). */
export class Launchers implements DaemonPart {
  readonly name = 'launchers';
  readonly handlers: DaemonPart['handlers'];
  readonly #pool: LauncherPool;
  readonly #runtimeDir: string;

  constructor(runtimeDir: string, log: (text: string) => void, isConfined: boolean) {
    this.#runtimeDir = runtimeDir;
    const pool = new LauncherPool(log, isConfined);
    this.#pool = pool;
    this.handlers = new Map<string, Handler>([
      [
        LAUNCHER_METHODS.prepare,
        async (params) => pool.prepare(checkedLauncherWish(params)) ?? null,
      ],
      [
        LAUNCHER_METHODS.claim,
        async (params, client) => {
          const reply = pool.claim(checkedLauncherClaim(params), client.socket);
          if (reply !== undefined) client.keepHalves();
          return reply ?? null;
        },
      ],
      [
        LAUNCHER_METHODS.signal,
        async (params) => pool.signal(checkedToken(params), checkedSignal(params)),
      ],
      [LAUNCHER_METHODS.wait, async (params) => pool.wait(checkedToken(params))],
    ]);
  }

  get isBusy(): boolean {
    return this.#pool.isBusy;
  }

  status(): Readonly<Record<string, unknown>> {
    const { ready, running } = this.#pool;
    return { ready, running };
  }

  async open(): Promise<void> {
    this.#pool.open(this.#runtimeDir);
  }

  async look(): Promise<void> {
    this.#pool.look();
  }

  async close(): Promise<void> {
    await this.#pool.close();
  }
}
