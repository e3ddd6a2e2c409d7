import { lstatSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { ensurePrivateDir, writeFileAtomic } from '../host/files.ts';
import { withLock } from '../host/lock.ts';
import type { Paths } from '../host/paths.ts';
import { reveal, type Secret } from '../secrets/secret.ts';
import { editStore, parseStore } from '../secrets/store-text.ts';
import { checkPrivateDir, readPrivateFile } from './private-file.ts';

/** Directory of the secrets file: mode 0700. */
export function storeDir(paths: Pick<Paths, 'configDir'>): string {
  return `${paths.configDir}/secrets`;
}

/** The secrets file. */
export function storePath(paths: Pick<Paths, 'configDir'>): string {
  return `${storeDir(paths)}/secrets.toml`;
}

/**
 * What `ct secrets set` stored; empty when there is no file.
 *
 * Errors: permission_denied for a file or directory that others can get at; invalid_config for a line
 * that cannot be read, by its number
 */
export function readStore(paths: Pick<Paths, 'configDir'>): ReadonlyMap<string, Buffer> {
  return parseOrThrow(storePath(paths), readText(paths));
}

function readText(paths: Pick<Paths, 'configDir'>): string {
  const path = storePath(paths);
  const bytes = readPrivateFile(path, 'private');
  if (bytes === undefined) return '';
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CtError('invalid_config', `${printable(path)}: is not UTF-8 text`, {
      hint: `nothing was changed; look at it with an editor, or move it away`,
    });
  }
}

function parseOrThrow(path: string, text: string): ReadonlyMap<string, Buffer> {
  const { values, faults } = parseStore(text);
  const [first] = faults;
  if (first === undefined) return values;
  throw new CtError('invalid_config', `${printable(path)}:${first.line}: ${first.fault}`, {
    hint: 'mend that line with an editor; nothing was changed',
    details: { file: path, line: first.line },
  });
}

/** What a change of the store came to. */
export type StoreChange = 'added' | 'replaced' | 'removed' | 'absent';

/**
 * Stores a secret, or without one takes `name` out. The file is written anew and put in the old one's
 * place; two at once take turns, so that neither undoes the other.
 *
 * Errors: those of `readStore`; of the file system, with the old file intact; invalid_argument for a value
 * that is not UTF-8 text
 */
export async function changeStore(
  name: string,
  secret: Secret | undefined,
  paths: Pick<Paths, 'configDir' | 'stateDir'>,
): Promise<StoreChange> {
  const path = storePath(paths);
  const value = secret === undefined ? undefined : textual(secret);
  return withLock({ dir: paths.stateDir, name: 'secrets' }, {}, async () => {
    if (value !== undefined) ensureStoreDir(storeDir(paths));
    const text = readText(paths);
    const known = parseOrThrow(path, text).has(name);
    if (!known && value === undefined) return 'absent';
    writeFileAtomic(path, editStore(text, name, value), 0o600);
    if (value === undefined) return 'removed';
    return known ? 'replaced' : 'added';
  });
}

function ensureStoreDir(dir: string): void {
  const stat = lstatSync(dir, { throwIfNoEntry: false });
  if (stat === undefined) {
    ensurePrivateDir(dir);
    return;
  }
  checkPrivateDir(dir);
  if ((stat.mode & 0o077) === 0) return;
  throw new CtError('permission_denied', `${printable(dir)} can be entered by other accounts`, {
    hint: `type:  chmod 700 ${printable(dir)}`,
  });
}

function textual(secret: Secret): Buffer {
  const value = reveal(secret);
  if (Buffer.from(value.toString('utf8'), 'utf8').equals(value)) return value;
  throw new CtError('invalid_argument', `${secret.name}: the value is not UTF-8 text`, {
    hint: `keep it in a file of mode 0600 and name that:  [secrets.${secret.name}] file = "~/…"`,
  });
}
