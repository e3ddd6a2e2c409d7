// @ts-check
/**
 * A vitest reporter that writes what `npm test` adds up: `{passed, failed, skipped: [{name, reason}]}`
 * to the file named by CT_TEST_REPORT. A test skipped without a note counts as failed, so that no
 * test can go missing in silence.
 */
import { writeFileSync } from 'node:fs';

/**
 * @typedef {import('vitest/node').TestCase} TestCase
 * @typedef {import('vitest/node').TestModule} TestModule
 *
 * @typedef {object} Report
 * @property {number} passed
 * @property {number} failed
 * @property {{ name: string, reason: string }[]} skipped
 * @property {string[]} unexplained names of tests that neither ran nor say why
 */

/** The reporter, as vitest's `--reporter=./test/reporter.mjs` loads it. */
export default class CountingReporter {
  /**
   * @param {readonly TestModule[]} modules
   * @param {readonly unknown[]} unhandled errors outside any test
   */
  onTestRunEnd(modules, unhandled) {
    const path = process.env['CT_TEST_REPORT'];
    const report = countTests(modules, unhandled.length);
    for (const name of report.unexplained)
      process.stdout.write(`FAIL ${name}: skipped without a reason\n`);
    if (path) writeFileSync(path, JSON.stringify(report));
  }
}

/**
 * @param {readonly TestModule[]} modules
 * @param {number} unhandled
 */
export function countTests(modules, unhandled) {
  /** @type {Report} */
  const report = { passed: 0, failed: unhandled, skipped: [], unexplained: [] };
  for (const module of modules) {
    report.failed += module.errors().length;
    for (const suite of module.children.allSuites()) report.failed += suite.errors().length;
    for (const test of module.children.allTests()) count(report, test);
  }
  return report;
}

/**
 * @param {Report} report
 * @param {TestCase} test
 */
function count(report, test) {
  const result = test.result();
  if (result.state === 'passed') report.passed += 1;
  else if (result.state === 'skipped' && result.note) {
    report.skipped.push({ name: test.fullName, reason: result.note });
  } else {
    report.failed += 1;
    if (result.state !== 'failed') report.unexplained.push(test.fullName);
  }
}
