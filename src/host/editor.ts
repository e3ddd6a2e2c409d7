import { spawn } from 'node:child_process';
import { accessSync, constants, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { ensurePrivateDir } from './files.ts';

/** A text to edit. */
export interface EditedText {
  /** File name that the editor shows */
  readonly name: string;
  readonly text: string;
}

/** Where the editor runs. */
export interface EditorHost {
  readonly env: NodeJS.ProcessEnv;
  /** A directory in memory, for copies that are gone afterwards */
  readonly runtimeDir: string;
}

/** Tried when neither variable says. */
const EDITORS = ['sensible-editor', 'editor', 'nano', 'vim', 'vi'];

/**
 * The user's editor as words: `$VISUAL`, `$EDITOR`, else one that is installed. The variable is split at
 * spaces; no shell reads it.
 *
 * Errors: failed_precondition when there is none
 */
export function editorWords(env: NodeJS.ProcessEnv): readonly string[] {
  for (const value of [env['VISUAL'], env['EDITOR']]) {
    const words = value?.split(/\s+/u).filter((word) => word !== '') ?? [];
    if (words.length > 0) return words;
  }
  const found = EDITORS.find((name) => isInstalled(name, env));
  if (found !== undefined) return [found];
  throw new CtError('failed_precondition', 'there is no editor on this host', {
    hint: "set EDITOR to one, or give the text without one:  --set FILE  ('-' is standard input)",
  });
}

function isInstalled(name: string, env: NodeJS.ProcessEnv): boolean {
  const dirs = (env['PATH'] ?? '/usr/bin:/bin').split(':').filter((dir) => dir.startsWith('/'));
  return dirs.some((dir) => {
    try {
      accessSync(`${dir}/${name}`, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/**
 * Opens copies of texts in the user's editor, all at once, and gives them back as they were left. An
 * agent may have written them, so vim is told not to take orders from them (modelines).
 *
 * Errors: failed_precondition without an editor; canceled when it ends with a failure
 * Source: CVE-2019-12735
 */
export async function editTexts(
  texts: readonly EditedText[],
  { env, runtimeDir }: EditorHost,
): Promise<readonly string[]> {
  const [program = '', ...args] = editorWords(env);
  const dir = mkdtempSync(`${ensurePrivateDir(runtimeDir)}/ct-edit-`);
  try {
    const paths = texts.map(({ name, text }) => {
      const path = `${dir}/${name}`;
      writeFileSync(path, text, { mode: 0o600, flag: 'wx' });
      return path;
    });
    const plain = /^(?:g|n)?vimx?$/u.test(basename(program)) ? ['--cmd', 'set nomodeline'] : [];
    await runEditor(program, [...args, ...plain, ...paths], env);
    return paths.map((path) => readFileSync(path, 'utf8'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

async function runEditor(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  // Ctrl-C belongs to the editor, which is in the same group.
  const nothing = (): void => undefined;
  process.on('SIGINT', nothing);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      spawn(program, args, { env, stdio: 'inherit' }).once('error', reject).once('close', resolve);
    });
    if (status === 0) return;
    throw new CtError(
      'canceled',
      `${printable(program)} ended with a failure: nothing was changed`,
    );
  } catch (thrown) {
    if (thrown instanceof CtError) throw thrown;
    const { message } = thrown as Error;
    throw new CtError('failed_precondition', `cannot start the editor: ${message}`, {
      hint: 'set EDITOR to one that is installed',
      cause: thrown,
    });
  } finally {
    process.off('SIGINT', nothing);
  }
}
