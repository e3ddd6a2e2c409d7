import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { writeFileAtomic } from '../host/files.ts';
import { withLock } from '../host/lock.ts';
import { readPrivateFile } from './private-file.ts';

/** The project's `.env` and whether the user trusts it as it is. */
export interface ProjectEnv {
  readonly path: string;
  readonly bytes: Buffer;
  readonly isTrusted: boolean;
  /** It was trusted once and has changed since */
  readonly hasChanged: boolean;
}

function trustPath(stateDir: string): string {
  return `${stateDir}/trusted-env.json`;
}

/**
 * The `.env` of a project; `undefined` without one. It is read once: what was judged is what is used. The
 * agent can write it, so it counts only while its digest is the one that the user trusted.
 *
 * Errors: permission_denied when others can write to it or it is a link
 */
export function readProjectEnv(projectDir: string, stateDir: string): ProjectEnv | undefined {
  const path = `${projectDir}/.env`;
  const bytes = readPrivateFile(path, 'shared');
  if (bytes === undefined) return undefined;
  const trusted = readTrust(stateDir)[path];
  const isTrusted = trusted === digestOf(bytes);
  return { path, bytes, isTrusted, hasChanged: trusted !== undefined && !isTrusted };
}

/** Trusts the file as it is here, until it changes; or with `false` not any more. */
export async function trustProjectEnv(
  file: Pick<ProjectEnv, 'path' | 'bytes'>,
  isTrusted: boolean,
  stateDir: string,
): Promise<void> {
  await withLock({ dir: stateDir, name: 'trust' }, {}, async () => {
    const known = Object.entries(readTrust(stateDir)).filter(([path]) => path !== file.path);
    const entries = isTrusted ? [...known, [file.path, digestOf(file.bytes)]] : known;
    const text = JSON.stringify(Object.fromEntries(entries), null, 2);
    writeFileAtomic(trustPath(stateDir), `${text}\n`);
  });
}

/** The digests by path. A file that cannot be read trusts nothing. */
function readTrust(stateDir: string): Readonly<Record<string, string>> {
  try {
    const document: unknown = JSON.parse(readFileSync(trustPath(stateDir), 'utf8'));
    const entries = Object.entries(document as Record<string, unknown>);
    return Object.fromEntries(
      entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
  } catch {
    return {};
  }
}

function digestOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Errors: not_found when there is no `.env` in the project */
export function requireProjectEnv(projectDir: string, stateDir: string): ProjectEnv {
  const file = readProjectEnv(projectDir, stateDir);
  if (file !== undefined) return file;
  throw new CtError('not_found', `there is no .env in ${printable(projectDir)}`, {
    hint: "change to your project's directory and run the command again",
  });
}
