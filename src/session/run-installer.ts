import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { ContainerSpec, Engine } from '../engine/engine.ts';

/** How a container that installs ended, with all that it said. */
export interface InstallerEnd {
  readonly status: number;
  readonly lines: readonly string[];
}

/**
 * Runs a container to its end; whatever happens, none is left.
 *
 * Errors: canceled; those of the engine
 */
export async function runToEnd(
  spec: ContainerSpec,
  {
    engine,
    onLine,
    signal,
  }: {
    readonly engine: Engine;
    readonly onLine: (line: string) => void;
    readonly signal: AbortSignal | undefined;
  },
): Promise<InstallerEnd> {
  const lines: string[] = [];
  const take = (line: string): void => {
    lines.push(line);
    onLine(line);
  };
  const stop = (): void => void engine.remove(spec.name).catch(() => undefined);
  try {
    const { id } = await engine.create(spec, signal);
    await engine.init(id, signal);
    const ended = engine.wait(id);
    ended.catch(() => undefined);
    const streams = await engine.attach(id, { stdin: false, terminal: false });
    readLines(streams.stdout, take);
    if (streams.stderr) readLines(streams.stderr, take);
    signal?.addEventListener('abort', stop, { once: true });
    await engine.start(id, signal);
    await streams.ended.catch(() => undefined);
    const status = await ended;
    signal?.throwIfAborted();
    return { status, lines };
  } finally {
    signal?.removeEventListener('abort', stop);
    await engine.remove(spec.name).catch(() => undefined);
  }
}

function readLines(stream: Readable, take: (line: string) => void): void {
  stream.on('error', () => undefined);
  createInterface(stream).on('line', take);
}
