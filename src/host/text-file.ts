import { readFileSync, statSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { fileError } from './errors.ts';

/** Longest text that a command takes, `bytes` */
export const MAX_TEXT_BYTES = 1024 * 1024;

/**
 * The text of a file that the user named.
 *
 * Errors: those of the file system; invalid_argument when it is too long or no text
 */
export function readTextFile(path: string): string {
  try {
    const stat = statSync(path);
    if (!stat.isFile()) throw refused(path, 'is no plain file');
    if (stat.size > MAX_TEXT_BYTES) throw refused(path, 'is larger than 1 MiB');
    return decodeText(readFileSync(path), path);
  } catch (thrown) {
    throw fileError(thrown, 'read', path);
  }
}

/**
 * Bytes as UTF-8.
 *
 * Errors: invalid_argument for other bytes
 */
export function decodeText(bytes: Buffer, from: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw refused(from, 'is not UTF-8 text');
  }
}

function refused(path: string, what: string): CtError {
  return new CtError('invalid_argument', `${printable(path)} ${what}`);
}
