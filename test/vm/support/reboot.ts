import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the first boot leaves for the second to know. */
export interface Left {
  readonly bootId: string;
  /** Projects, each with the names that were in it before any session */
  readonly projects: readonly { readonly path: string; readonly names: readonly string[] }[];
}

const place = (): string => join(process.env['HOME'] ?? '', 'left.json');

/** Writes it down. */
export function leave(left: Left): void {
  writeFileSync(place(), JSON.stringify(left));
}

/** What was written down. */
export function leftBehind(): Left {
  return JSON.parse(readFileSync(place(), 'utf8')) as Left;
}

/** Which boot this is. */
export function bootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}
