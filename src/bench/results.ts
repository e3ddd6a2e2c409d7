import { accessSync, constants, existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { fileError } from '../host/errors.ts';
import { ensurePrivateDir, writeFileAtomic } from '../host/files.ts';
import type { BenchReport } from './result.ts';

/**
 * Makes the directory for figures and looks whether one can be kept there: to be asked before minutes of measuring.
 *
 * Errors: those of `ensurePrivateDir` · failed_precondition when it cannot be written to
 */
export function checkSavePlace(dir: string): void {
  requireWritable(ensurePrivateDir(dir));
}

/** The same for a page at that path. Errors: not_found · failed_precondition */
export function checkPagePlace(path: string): void {
  requireWritable(dirname(resolve(path)));
}

function requireWritable(dir: string): void {
  try {
    accessSync(dir, constants.W_OK | constants.X_OK);
  } catch (thrown) {
    throw fileError(thrown, 'write to', dir);
  }
}

/** Keeps figures in a directory, which is made if need be; returns the file's path. */
export function saveReport(report: BenchReport, dir: string): string {
  const path = `${dir}/${report.begun.slice(0, 16).replace(':', '-')}.json`;
  writeFileAtomic(path, `${JSON.stringify(report, null, 1)}\n`, 0o644);
  return path;
}

/**
 * Figures that were kept.
 *
 * Errors: not_found · failed_precondition for a file that holds none
 */
export function readReport(path: string): BenchReport {
  let text;
  try {
    text = readFileSync(path, 'utf8');
  } catch (thrown) {
    throw new CtError('not_found', `cannot read ${printable(path)}`, { cause: thrown });
  }
  const report = parseReport(text);
  if (report !== undefined) return report;
  throw new CtError('failed_precondition', `${printable(path)} holds no figures of ct bench`, {
    hint: "'ct bench --save' and 'ct bench --json' write such files",
  });
}

/** All figures in directories, the oldest first; what is no such file is passed over. */
export function readHistory(dirs: readonly string[]): readonly BenchReport[] {
  const files = dirs
    .filter((dir) => existsSync(dir))
    .flatMap((dir) =>
      readdirSync(dir)
        .filter((name) => name.endsWith('.json'))
        .map((name) => `${dir}/${name}`),
    );
  const found = files.flatMap((path) => parseReport(readFileSync(path, 'utf8')) ?? []);
  const byTime = new Map(found.map((report) => [report.begun, report]));
  return [...byTime.values()].sort((a, b) => a.begun.localeCompare(b.begun));
}

/** `--json` puts the verdicts around it. */
function parseReport(text: string): BenchReport | undefined {
  try {
    const value = JSON.parse(text) as Partial<BenchReport> & { readonly report?: BenchReport };
    const report = value.report ?? value;
    const isOne = report.schema === 1 && Array.isArray(report.scenarios);
    return isOne && typeof report.begun === 'string' ? (report as BenchReport) : undefined;
  } catch {
    return undefined;
  }
}
