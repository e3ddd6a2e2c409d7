import type { Socket } from 'node:net';
import { CtError } from '../../base/errors.ts';
import { MAX_LINE } from './place.ts';

/**
 * The first line that comes over a socket, as JSON.
 *
 * Errors: unavailable when it ends before · invalid_argument for what is no line of JSON ·
 * deadline_exceeded
 */
export function readLine(socket: Socket, deadlineMs: number): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let text = '';
    const done = (work: () => void): void => {
      clearTimeout(timer);
      socket.off('data', onData).off('close', onEnd).off('error', onEnd);
      work();
    };
    const onData = (chunk: Buffer): void => {
      text += chunk.toString('utf8');
      const end = text.indexOf('\n');
      if (end < 0 && text.length <= MAX_LINE) return;
      done(() => {
        try {
          resolve(JSON.parse(text.slice(0, end)));
        } catch (thrown) {
          reject(new CtError('invalid_argument', 'not a line of JSON', { cause: thrown }));
        }
      });
    };
    const onEnd = (): void =>
      done(() => reject(new CtError('unavailable', 'the other side hung up')));
    const timer = setTimeout(() => {
      done(() => reject(new CtError('deadline_exceeded', 'no answer in time')));
    }, deadlineMs);
    socket.on('data', onData).on('close', onEnd).on('error', onEnd);
  });
}
