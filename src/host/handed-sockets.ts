import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Command } from './exec.ts';

/** A socket as another process made it, before it becomes a server, a stream or a datagram socket. */
export interface RawSocket {
  close(): void;
}

/** What a program handed over, and how it ended. */
export interface HandOver {
  /** In the order of their arrival */
  readonly sockets: readonly { readonly key: string; readonly socket: RawSocket }[];
  readonly exitStatus: number;
  readonly stdout: string;
  readonly stderr: string;
}

const MAX_OUTPUT_CHARS = 1024 * 1024;

/**
 * Runs a short program that makes sockets and passes them over Node's channel for child processes.
 * The sockets of one that failed are closed, so a half-done hand-over hands over nothing.
 *
 * Source: nodejs child_process "subprocess.send(message, sendHandle)"; the far side speaks the same
 * protocol, see templates/netns-helper.pl
 */
export async function receiveSockets(
  command: Command,
  input: string,
  limits: {
    readonly deadlineMs: number;
    /** Descriptors that the program finds as 4, 5, … */
    readonly lent: readonly number[];
  },
): Promise<HandOver> {
  const child = spawn(command.program, [...command.args], {
    env: command.env,
    cwd: command.cwd ?? '/',
    stdio: ['pipe', 'pipe', 'pipe', 'ipc', ...limits.lent],
    shell: false,
  });
  const sockets: { key: string; socket: RawSocket }[] = [];
  child.on('message', (message: { readonly key?: unknown }, handle: unknown) => {
    if (isRawSocket(handle)) sockets.push({ key: String(message.key), socket: handle });
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), limits.deadlineMs);
  try {
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    const exitStatus = await endOf(child, input);
    if (exitStatus !== 0) for (const { socket } of sockets.splice(0)) socket.close();
    return { sockets, exitStatus, stdout: stdout(), stderr: stderr() };
  } finally {
    clearTimeout(timer);
  }
}

/** Resolves to the exit status when the program has ended and its channel is read to the end. */
async function endOf(child: ChildProcess, input: string): Promise<number> {
  // One that ends early does not read its input; its status says why.
  child.stdin?.on('error', () => undefined).end(input);
  const disconnected = new Promise<void>((resolve) => child.once('disconnect', () => resolve()));
  const exitStatus = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === null ? 1 : 128 + 9)));
  });
  await disconnected;
  return exitStatus;
}

function collect(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < MAX_OUTPUT_CHARS) text += chunk;
  });
  return () => text;
}

function isRawSocket(handle: unknown): handle is RawSocket {
  return (
    typeof handle === 'object' &&
    handle !== null &&
    typeof (handle as Partial<RawSocket>).close === 'function'
  );
}
