import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ContainerSpec, Engine } from '../engine/engine.ts';

/** Of what an installer says, the last lines are kept: the reason of a failure is there */
const MOST_LINES = 10_000;

/** How a container that installs ended, with what it said last. */
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
    if (lines.length > MOST_LINES) lines.splice(0, MOST_LINES / 2);
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

/** A line is cut at this many characters: an installer may write gigabytes without an end of a line */
const LONGEST_LINE = 16 * 1024;

function readLines(stream: Readable, take: (line: string) => void): void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  stream.on('error', () => undefined);
  stream.on('data', (chunk: Buffer) => {
    const text = rest + decoder.write(chunk);
    // What comes next may be the other half of the end of this line.
    const isHalf = text.endsWith('\r');
    const lines = (isHalf ? text.slice(0, -1) : text).split(/\r\n|\r|\n/u);
    rest = (lines.pop() ?? '').slice(0, LONGEST_LINE) + (isHalf ? '\r' : '');
    for (const line of lines) take(line.slice(0, LONGEST_LINE));
  });
  stream.on('end', () => {
    if (rest !== '') take(rest.replace(/\r$/u, ''));
  });
}
