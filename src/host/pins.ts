import { readFileSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { writeFileAtomic } from './files.ts';

/** Versions that the user pinned (`ct agents pin`), by agent. */
export type Pins = Readonly<Record<string, string>>;

/** What npm takes for an exact version. Source: semver.org, 2.0.0 */
const VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]{1,64})?$/u;

const fileIn = (dataDir: string): string => `${dataDir}/pins.json`;

/**
 * The pins.
 *
 * Errors: failed_precondition when the file is not as ct wrote it
 */
export function readPins(dataDir: string): Pins {
  let text: string;
  try {
    text = readFileSync(fileIn(dataDir), 'utf8');
  } catch {
    return {};
  }
  try {
    const pins = JSON.parse(text) as Record<string, unknown>;
    for (const version of Object.values(pins)) checkedVersion(String(version));
    return pins as Pins;
  } catch (thrown) {
    throw new CtError('failed_precondition', `${fileIn(dataDir)} cannot be understood`, {
      hint: `remove it and pin again:  rm ${fileIn(dataDir)}`,
      cause: thrown,
    });
  }
}

/** Pins an agent to a version, or with `undefined` to none. */
export function writePin(dataDir: string, agent: string, version: string | undefined): void {
  const pins = { ...readPins(dataDir) };
  delete pins[agent];
  const all = version === undefined ? pins : { ...pins, [agent]: version };
  writeFileAtomic(fileIn(dataDir), `${JSON.stringify(all, null, 2)}\n`);
}

/**
 * `version`, if it is one.
 *
 * Errors: invalid_argument
 */
export function checkedVersion(version: string): string {
  if (VERSION.test(version)) return version;
  throw new CtError('invalid_argument', 'a pin is an exact version', {
    hint: 'for example:  ct agents pin gemini 0.61.0',
  });
}
