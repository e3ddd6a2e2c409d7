import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../base/errors.ts';
import { silentReport } from '../base/report.ts';
import { CT_VERSION } from '../base/version.ts';
import { removeQuietly } from '../host/files.ts';
import { resolvePaths } from '../host/paths.ts';
import { readStat } from '../host/process.ts';
import { rememberText } from '../host/remembered.ts';
import { reviveNetworks } from '../session/network.ts';
import { ContainerdRelay } from './containerd-relay.ts';
import { Launchers } from './launchers.ts';
import { say } from './log.ts';
import { Networks } from './networks.ts';
import type { DaemonPart } from './part.ts';
import { standbys } from './standbys.ts';
import { takePassedSockets } from './passed-sockets.ts';
import { warmSessions } from './warm.ts';
import { DaemonServer, type Handler } from './server.ts';
import { daemonRecord, type DaemonRecord, type DaemonStatus } from './wire/place.ts';

/** How a service behaves. */
export interface DaemonOptions {
  /** Without work for this long it leaves, `ms` */
  readonly idleMs: number;
}

const LOOK_MS = 2_000;

/**
 * The user's service, until it is told to leave (SIGTERM, SIGINT, the method `leave`) or had no work for a
 * while. Sessions go on in any case. Resolves at once when there is a service already.
 *
 * Errors: see `DaemonServer`
 */
export async function runDaemon(
  env: NodeJS.ProcessEnv,
  uid: number,
  options: DaemonOptions,
): Promise<void> {
  process.umask(0o077);
  const [fd] = takePassedSockets(env, process.pid);
  const paths = resolvePaths(env, uid);
  // A lookup holds a thread for as long as the resolver takes; this process has many sessions.
  process.env['UV_THREADPOOL_SIZE'] ??= '16';
  const isConfined = fd !== undefined;
  const kept = [standbys(say, isConfined), warmSessions(say, isConfined)];
  const launchers = new Launchers(paths.runtimeDir, say, isConfined);
  // In this order they end: what a launcher's line needs stays until its programs have ended.
  const parts = [launchers, ...kept, new Networks({ ...paths, env }), new ContainerdRelay()];
  const daemon = new Daemon(paths.runtimeDir, parts, options.idleMs, fd);
  if (!(await daemon.open())) return;
  const end = await daemon.live();
  say(WHY[end]);
  // Whoever replaces this service has its sessions taken up; after a signal nobody may come.
  if (end === 'signal' && fd === undefined) {
    await reviveNetworks({ env, paths, report: silentReport });
  }
}

type End = 'signal' | 'asked' | 'idle';

const WHY: Readonly<Record<End, string>> = {
  signal: 'leaves: a signal came',
  asked: 'leaves: it was asked to',
  idle: 'leaves: there was nothing to do',
};

class Daemon {
  readonly #runtimeDir: string;
  readonly #parts: readonly DaemonPart[];
  readonly #idleMs: number;
  readonly #server: DaemonServer;
  readonly #bySystemd: boolean;
  readonly #sinceMs = Date.now();
  #lastTrouble = '';
  #busyAt = performance.now();
  #end: End | undefined;
  #wake = (): void => undefined;
  #setReady = (): void => undefined;
  readonly #ready = new Promise<void>((resolve) => (this.#setReady = resolve));

  constructor(
    runtimeDir: string,
    parts: readonly DaemonPart[],
    idleMs: number,
    fd: number | undefined,
  ) {
    this.#runtimeDir = runtimeDir;
    this.#parts = parts;
    this.#idleMs = idleMs;
    this.#bySystemd = fd !== undefined;
    const handlers = new Map<string, Handler>([
      ['status', async () => this.#status()],
      ['leave', async () => this.#leave('asked')],
      ...parts.flatMap((part) => [...part.handlers]),
    ]);
    const whenReady = [...handlers].map(([name, handler]): [string, Handler] => [
      name,
      async (params, client) => this.#ready.then(() => handler(params, client)),
    ]);
    this.#server = new DaemonServer({
      ...{ runtimeDir, version: CT_VERSION, handlers: new Map(whenReady) },
      ...(fd === undefined ? {} : { fd }),
    });
  }

  /** `false` when there is a service already. */
  async open(): Promise<boolean> {
    if (!(await this.#server.listen())) return false;
    for (const signal of ['SIGTERM', 'SIGINT'] as const) {
      process.on(signal, () => this.#leave('signal'));
    }
    const record: DaemonRecord = {
      pid: process.pid,
      startTicks: readStat(process.pid)?.startTicks ?? '',
      ct: CT_VERSION,
    };
    // Only `ct daemon stop` misses it, and only when this service does not answer.
    rememberText(daemonRecord(this.#runtimeDir), JSON.stringify(record));
    for (const part of this.#parts) await part.open();
    this.#setReady();
    say(`ct ${CT_VERSION} serves, pid ${process.pid}${this.#bySystemd ? ', for systemd' : ''}`);
    return true;
  }

  /** Until it is to leave; resolves when everything of it is gone, to why. */
  async live(): Promise<End> {
    while (this.#end === undefined) {
      for (const part of this.#parts) await part.look().catch((thrown) => this.#tell(thrown));
      if (this.#server.isInUse || this.#parts.some(({ isBusy }) => isBusy)) {
        this.#busyAt = performance.now();
      } else if (performance.now() - this.#busyAt >= this.#idleMs) {
        this.#end = 'idle';
        break;
      }
      const woken = new Promise<void>((resolve) => (this.#wake = resolve));
      await Promise.race([sleep(LOOK_MS), woken]);
    }
    for (const part of this.#parts) await part.close();
    removeQuietly(daemonRecord(this.#runtimeDir));
    await this.#server.close();
    return this.#end;
  }

  /** The answer goes first: the line ends when everything is gone. */
  #leave(why: End): null {
    this.#end ??= why;
    setImmediate(() => this.#wake());
    return null;
  }

  /** A full disk or the like passes; the same trouble is told once. */
  #tell(thrown: unknown): void {
    const { message } = CtError.from(thrown);
    if (message !== this.#lastTrouble) say(message);
    this.#lastTrouble = message;
  }

  #status(): DaemonStatus {
    return {
      pid: process.pid,
      ct: CT_VERSION,
      sinceMs: this.#sinceMs,
      memoryBytes: process.memoryUsage.rss(),
      bySystemd: this.#bySystemd,
      parts: Object.fromEntries(this.#parts.map((part) => [part.name, part.status()])),
    };
  }
}
