import { lstatSync, readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { CtError, ERROR_CODES, type ErrorCode } from '../../base/errors.ts';
import { removeQuietly } from '../../host/files.ts';
import type { PolicyEdit } from '../../network/edit.ts';
import type { NetworkRecord } from '../../network/record.ts';
import { controlDir, controlPath } from './place.ts';
import {
  encodeFrame,
  FrameReader,
  type ControlReply,
  type ControlRequest,
  type EditResult,
  type NetworkStatus,
} from './protocol.ts';

/** An owner that does not answer within this is stuck, `ms` */
const DEADLINE_MS = 5_000;

/** Sessions of this account that have a control socket. Their owners may be gone all the same. */
export function controlledSessions(runtimeDir: string): readonly string[] {
  const dir = controlDir(runtimeDir);
  const stat = lstatSync(dir, { throwIfNoEntry: false });
  const uid = process.getuid?.() ?? -1;
  // Somebody else's directory could hold somebody else's sockets.
  if (stat === undefined || !stat.isDirectory() || stat.uid !== uid || (stat.mode & 0o022) !== 0) {
    return [];
  }
  return readdirSync(dir)
    .flatMap((name) => /^([0-9a-z-]+)\.sock$/u.exec(name)?.[1] ?? [])
    .sort();
}

/**
 * A session's network as its owner sees it.
 *
 * Errors: not_found when its owner is gone, unavailable or deadline_exceeded when it does not answer
 */
export async function askStatus(runtimeDir: string, session: string): Promise<NetworkStatus> {
  const reply = await ask(runtimeDir, session, { v: 1, ask: 'status' });
  if ('status' in reply) return reply.status;
  throw unexpected(session);
}

/** Changes a session's policy; resolves when the change is in force. Errors: as `askStatus` */
export async function askEdit(
  runtimeDir: string,
  session: string,
  edit: PolicyEdit,
): Promise<EditResult> {
  const reply = await ask(runtimeDir, session, { v: 1, ask: 'edit', edit });
  if ('edited' in reply) return reply.edited;
  throw unexpected(session);
}

/** Records of a session as they come; resolves when it ends or `signal` fires. */
export async function followLog(
  runtimeDir: string,
  session: string,
  onRecord: (record: NetworkRecord) => void,
  signal: AbortSignal,
): Promise<void> {
  const socket = await open(runtimeDir, session);
  const onAbort = (): void => void socket.destroy();
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  const reader = new FrameReader();
  socket.write(encodeFrame({ v: 1, ask: 'log' }));
  await new Promise<void>((resolve, reject) => {
    socket.on('data', (chunk: Buffer) => {
      try {
        for (const value of reader.push(chunk)) {
          const reply = value as ControlReply;
          if ('record' in reply) onRecord(reply.record);
          else if ('error' in reply) reject(errorOf(reply.error));
        }
      } catch (thrown) {
        socket.destroy();
        reject(CtError.from(thrown));
      }
    });
    socket.on('error', () => undefined).on('close', () => resolve());
  });
  signal.removeEventListener('abort', onAbort);
}

async function ask(
  runtimeDir: string,
  session: string,
  request: ControlRequest,
): Promise<ControlReply> {
  const socket = await open(runtimeDir, session);
  const reader = new FrameReader();
  try {
    return await new Promise<ControlReply>((resolve, reject) => {
      const timer = setTimeout(() => reject(stuck(session)), DEADLINE_MS);
      const gone = (): void => reject(unexpected(session));
      socket.on('error', gone).on('close', () => {
        clearTimeout(timer);
        gone();
      });
      socket.on('data', (chunk: Buffer) => {
        try {
          const [value] = reader.push(chunk);
          if (value === undefined) return;
          const reply = value as ControlReply;
          if ('error' in reply) reject(errorOf(reply.error));
          else resolve(reply);
        } catch (thrown) {
          reject(CtError.from(thrown));
        }
      });
      socket.write(encodeFrame(request));
    });
  } finally {
    socket.destroy();
  }
}

async function open(runtimeDir: string, session: string): Promise<Socket> {
  const path = controlPath(runtimeDir, session);
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => {
      // Nobody listens: its owner was killed and could not take the socket away.
      if (error.code === 'ECONNREFUSED') removeQuietly(path);
      reject(
        new CtError('not_found', `the owner of session ${session} is gone`, {
          hint: "'ct ps' lists the sessions that run",
          cause: error,
        }),
      );
    });
  });
}

function errorOf({ code, message }: { readonly code: string; readonly message: string }): CtError {
  const known = Object.hasOwn(ERROR_CODES, code) ? (code as ErrorCode) : 'internal';
  return new CtError(known, message);
}

function stuck(session: string): CtError {
  return new CtError('deadline_exceeded', `the owner of session ${session} does not answer`, {
    hint: `it may be stopped (Ctrl-Z): continue it with fg, or end it with 'ct stop ${session}'`,
  });
}

function unexpected(session: string): CtError {
  return new CtError('unavailable', `the owner of session ${session} hung up`, {
    hint: 'run the command again; the session may just have ended',
  });
}
