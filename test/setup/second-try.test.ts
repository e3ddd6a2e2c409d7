import { expect, test } from 'vitest';
import { filesToRepeat, mergeTries } from '../../setup/second-try.mjs';
import type { Report } from '../reporter.mjs';

type Count = Report['files'][string];

/** One file: so many tests that passed, and what failed. */
const file = (passed: number, ...failures: string[]): Count => ({
  ...{ passed, failed: failures.length, failures },
  skipped: [],
});

function report(files: Record<string, Count>, ...outside: string[]): Report {
  const all = [...Object.values(files), file(0, ...outside)];
  const failures = all.flatMap((one) => one.failures);
  const passed = all.reduce((sum, one) => sum + one.passed, 0);
  return { passed, failed: failures.length, failures, skipped: [], files };
}

test('files with failures are run again', () => {
  expect(filesToRepeat(report({ a: file(2), b: file(1, 'x: why') }))).toEqual(['b']);
  expect(filesToRepeat(report({ a: file(2) }))).toEqual([]);
});

test('nothing is where many failed, or something outside of any file', () => {
  const broken = Object.fromEntries(['a', 'b', 'c', 'd', 'e'].map((name) => [name, file(0, 'x')]));
  expect(filesToRepeat(report(broken))).toEqual([]);
  expect(filesToRepeat(report({ b: file(1, 'x: why') }, 'outside: why'))).toEqual([]);
});

test('what passes the second time is named, and what fails again has failed', () => {
  const first = report({ a: file(2), b: file(1, 'x: late', 'y > z: wrong: 1') });
  const merged = mergeTries(first, report({ b: file(2, 'y > z: wrong: 2') }));
  expect(merged).toEqual({
    ...{ passed: 4, failed: 1, skipped: [] },
    failures: ['y > z: wrong: 2'],
    unsteady: ['x: late'],
  });
});

test('without a second run it is the first', () => {
  const { files: _files, ...whole } = report({ a: file(2), b: file(1, 'x: why') });
  expect(mergeTries(report({ a: file(2), b: file(1, 'x: why') }))).toEqual(whole);
});
