import { writeSync } from 'node:fs';
import { printable } from '../base/text.ts';

const STDERR = 2;

/** A line of the service's log, with the time. A full disk must not end the service: then it is lost. */
export function say(text: string, fd = STDERR): void {
  try {
    writeSync(fd, `${new Date().toISOString()} ${printable(text)}\n`);
  } catch {
    // There is nowhere else to say it.
  }
}
