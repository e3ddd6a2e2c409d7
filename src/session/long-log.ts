import { closeSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { CtError } from '../base/errors.ts';
import { maskedStream } from '../base/mask.ts';
import type { Report } from '../base/report.ts';
import { printable } from '../base/text.ts';
import { fileError } from '../host/errors.ts';
import { ensurePrivateDir } from '../host/files.ts';

/** The full output of a long operation, in a file that only the user can read. */
export interface LongLog {
  readonly path: string;
  line(text: string): void;
  close(): void;
}

/**
 * Opens `<stateDir>/logs/<operation>_YYYY-MM-DD_HH-MM-SS.log` (UTC) and removes logs that are older
 * than `retentionDays`.
 *
 * Errors: those of the file system, when the state directory cannot be written to
 */
export function openLongLog(input: {
  readonly stateDir: string;
  readonly operation: string;
  readonly retentionDays: number;
  readonly now: Date;
}): LongLog {
  const dir = ensurePrivateDir(`${input.stateDir}/logs`);
  removeOldLogs(dir, input.now.getTime() - input.retentionDays * 86_400_000);
  const { fd, path } = openNew(`${dir}/${input.operation}_${timestamp(input.now)}`);
  let isOpen = true;
  // A value that the lines of a program split is still hidden.
  const mask = maskedStream();
  return {
    path,
    line: (text) => {
      if (isOpen) write(fd, mask.push(`${withoutCredentials(text)}\n`));
    },
    close: () => {
      if (isOpen) {
        write(fd, mask.end());
        closeSync(fd);
      }
      isOpen = false;
    },
  };
}

/**
 * One step of a long operation: shown with its elapsed time and the last line of what it says, logged
 * in full. A failure gets the path of the log as a further hint.
 */
export async function runStep<T>(
  text: string,
  tools: { readonly report: Report; readonly log: LongLog },
  work: (onLine: (line: string) => void) => Promise<T>,
): Promise<T> {
  const { report, log } = tools;
  const step = report.step(text);
  log.line(`== ${text}`);
  try {
    const result = await work((line) => {
      log.line(line);
      const shown = printable(line.trim());
      if (shown !== '') step.update(shown.length > 72 ? `${shown.slice(0, 71)}…` : shown);
    });
    step.done();
    return result;
  } catch (thrown) {
    step.fail();
    const error = CtError.from(thrown);
    log.line(`failed: ${error.code}: ${error.message}`);
    throw withHint(error, `log: ${log.path}`);
  }
}

/** The same error with one more line of hint; `thrown` itself stays the cause. */
export function withHint(error: CtError, line: string): CtError {
  return new CtError(error.code, error.message, {
    hint: error.hint === undefined ? line : `${error.hint}\n${line}`,
    details: error.details,
    cause: error,
    cleanup: error.cleanup,
  });
}

/** Proxies and mirrors may carry a password in their address. */
function withoutCredentials(text: string): string {
  return text.replace(/(\w:\/\/)[^/\s@]+@/gu, '$1***@');
}

function timestamp(now: Date): string {
  return now.toISOString().slice(0, 19).replace('T', '_').replaceAll(':', '-');
}

function openNew(stem: string): { fd: number; path: string } {
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? `${stem}.log` : `${stem}-${number}.log`;
    try {
      return { fd: openSync(path, 'ax', 0o600), path };
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'EEXIST' && number < 1000) continue;
      throw fileError(thrown, 'write', path);
    }
  }
}

/** A full disk must not hide the error that it caused. */
function write(fd: number, text: string): void {
  try {
    writeSync(fd, text);
  } catch {
    // The log is for the reader afterwards; the work goes on without it.
  }
}

function removeOldLogs(dir: string, beforeMs: number): void {
  for (const name of readdirSync(dir)) {
    if (!/^[a-z-]+_\d{4}-\d\d-\d\d_[\d-]+\.log$/u.test(name)) continue;
    const path = `${dir}/${name}`;
    try {
      if (statSync(path).mtimeMs < beforeMs) rmSync(path);
    } catch {
      // Another ct removed it first.
    }
  }
}
