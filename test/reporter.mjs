// @ts-check
/**
 * A vitest reporter that writes what `npm test` adds up:
 * `{passed, failed, failures: [name], skipped: [{name, reason}], files: {path: the same}}` to the file named by
 * CT_TEST_REPORT.
 * A test skipped without a note counts as failed, so that no test can go missing in silence.
 */
import { writeFileSync } from 'node:fs';

/**
 * @typedef {import('vitest/node').TestCase} TestCase
 * @typedef {import('vitest/node').TestModule} TestModule
 *
 * @typedef {object} Count
 * @property {number} passed
 * @property {number} failed
 * @property {string[]} failures tests that failed or neither ran nor say why, and errors outside any; each with
 *   the first line of why
 * @property {{ name: string, reason: string }[]} skipped
 *
 * @typedef {Count & { files: Record<string, Count> }} Report what is of no file is in the sum alone
 */

/** The reporter, as vitest's `--reporter=./test/reporter.mjs` loads it. */
export default class CountingReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} unhandled errors outside any test
   */
  onTestRunEnd(modules, unhandled) {
    const path = process.env['CT_TEST_REPORT'];
    if (path) writeFileSync(path, JSON.stringify(countTests(modules, unhandled)));
  }
}

/**
 * @param {readonly TestModule[]} modules
 * @param {readonly unknown[]} unhandled errors outside any test
 */
export function countTests(modules, unhandled) {
  /** @type {Record<string, Count>} */
  const files = {};
  for (const module of modules) files[module.relativeModuleId] = countModule(module);
  const sum = nothing();
  fail(sum, 'outside any test', unhandled);
  for (const { passed, failed, failures, skipped } of Object.values(files)) {
    sum.passed += passed;
    sum.failed += failed;
    sum.failures.push(...failures);
    sum.skipped.push(...skipped);
  }
  return { ...sum, files };
}

/** @returns {Count} */
function nothing() {
  return { passed: 0, failed: 0, failures: [], skipped: [] };
}

/** @param {TestModule} module */
function countModule(module) {
  const report = nothing();
  fail(report, module.relativeModuleId, module.errors());
  for (const suite of module.children.allSuites()) fail(report, suite.fullName, suite.errors());
  for (const test of module.children.allTests()) count(report, test);
  return report;
}

/**
 * One failure for each error.
 * @param {Count} report
 * @param {string} name
 * @param {readonly unknown[]} errors
 */
function fail(report, name, errors) {
  report.failed += errors.length;
  report.failures.push(...errors.map((error) => `${name}: ${firstLine(error)}`));
}

/** @param {unknown} error */
function firstLine(error) {
  const { message = String(error) } = /** @type {{ message?: string }} */ (error ?? {});
  return message.split('\n', 1)[0];
}

/**
 * @param {Count} report
 * @param {TestCase} test
 */
function count(report, test) {
  const result = test.result();
  if (result.state === 'passed') report.passed += 1;
  else if (result.state === 'skipped' && result.note) {
    report.skipped.push({ name: test.fullName, reason: result.note });
  } else {
    const why = result.state === 'failed' ? result.errors[0] : 'skipped without a reason';
    fail(report, test.fullName, [why]);
  }
}
