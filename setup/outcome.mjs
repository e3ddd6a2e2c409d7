// @ts-check
/** What suites came to, added up so that nothing goes missing in silence. */

/**
 * @typedef {object} Outcome
 * @property {number} passed
 * @property {number} failed
 * @property {{ name: string, reason: string }[]} skipped
 * @property {readonly string[]} [failures] names of what failed, with the first line of why
 * @property {readonly string[]} [unsteady] names of what failed and passed when it was run once more, with why
 * @property {string} [fault] what went wrong with the suite itself
 *
 * @typedef {Outcome & { suite: string, seconds: number }} Result
 */

/**
 * A suite that is one check, from its exit status.
 * @param {number} code
 * @returns {Outcome}
 */
export function outcomeOfCheck(code) {
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: [] };
}

/**
 * A suite that this machine can't run.
 * @param {string} suite
 * @param {string} reason
 * @returns {Outcome}
 */
export function outcomeNotRun(suite, reason) {
  return { passed: 0, failed: 0, skipped: [{ name: suite, reason }] };
}

/**
 * A suite from the report of test/reporter.mjs and its runner's exit status. No report, no executed
 * test, or a bad status without a failed test count as one failure.
 * @param {string} suite
 * @param {string} text the report; empty when none was written
 * @param {number} code
 * @returns {Outcome}
 */
export function outcomeOfReport(suite, text, code) {
  const report = parseReport(text);
  if (!report) return { ...failure(`no report (status ${code})`), skipped: [] };
  if (report.obstacle) return outcomeNotRun(suite, report.obstacle);
  const { passed, failed, failures, skipped, unsteady = [] } = report;
  if (passed + failed === 0) return { ...failure('it executed no test'), skipped };
  if (code !== 0 && failed === 0)
    return { ...failure(`status ${code}`), passed, skipped, unsteady };
  return { passed, failed, failures, skipped, unsteady };
}

/**
 * Several runners' reports as one; empty when one of them wrote none, as if there were none.
 * @param {readonly string[]} texts
 * @returns {string}
 */
export function joinReports(texts) {
  const reports = texts.map((text) => parseReport(text));
  if (reports.some((report) => report === undefined)) return '';
  const sum = (/** @type {'passed' | 'failed'} */ what) =>
    reports.reduce((n, report) => n + report[what], 0);
  const all = (/** @type {'failures' | 'skipped' | 'unsteady'} */ what) =>
    reports.flatMap((report) => report[what] ?? []);
  return JSON.stringify({
    ...{ passed: sum('passed'), failed: sum('failed') },
    ...{ failures: all('failures'), skipped: all('skipped'), unsteady: all('unsteady') },
  });
}

/** @param {string} text */
function parseReport(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @param {string} fault */
function failure(fault) {
  return { passed: 0, failed: 1, fault };
}

/**
 * The table, the lists of what was not run and of what failed, and the closing line, alone at the end.
 * @param {readonly Result[]} results
 * @param {readonly string[]} [standstills] when the machine did nothing
 * @returns {string}
 */
export function renderSummary(results, standstills = []) {
  const rows = results.map((r) => [
    r.suite,
    r.passed,
    r.failed,
    r.skipped.length,
    r.seconds.toFixed(1),
  ]);
  const table = [['suite', 'passed', 'failed', 'skipped', 'seconds'], ...rows].map(
    ([name, ...cells]) =>
      String(name).padEnd(16) + cells.map((cell) => String(cell).padStart(9)).join(''),
  );
  const faults = results.flatMap((r) => (r.fault ? [`${r.suite}: ${r.fault}`] : []));
  const notRun = results.flatMap((r) =>
    r.skipped.map(
      ({ name, reason }) => `  ${name === r.suite ? name : `${r.suite}: ${name}`} - ${reason}`,
    ),
  );
  const all = (/** @type {'failures' | 'unsteady'} */ what) =>
    results.flatMap((r) => (r[what] ?? []).map((failure) => `  ${r.suite}: ${failure}`));
  const lists = [
    ...listed('not run here:', notRun),
    ...listed(
      'the machine stood still:',
      standstills.map((line) => `  ${line}`),
    ),
    ...listed('failed once, and passed when run again:', all('unsteady')),
    ...listed('failed:', all('failures')),
  ];
  return ['', ...table, ...faults, ...lists, '', closingLine(results)].join('\n');
}

/**
 * @param {string} title
 * @param {readonly string[]} lines
 */
function listed(title, lines) {
  return lines.length > 0 ? ['', title, ...lines] : [];
}

/** @param {readonly Result[]} results */
export function closingLine(results) {
  const sum = (/** @type {(result: Result) => number} */ of) =>
    results.reduce((n, r) => n + of(r), 0);
  const [passed, failed] = [sum((r) => r.passed), sum((r) => r.failed)];
  return `${passed} passed, ${failed} failed, ${sum((r) => r.skipped.length)} skipped`;
}
