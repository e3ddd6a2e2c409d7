// @ts-check
/**
 * What failed in a run of vitest is run once more, a file at a time. A fault of ours fails twice; what a machine did
 * that stood still for a minute does not, and is listed, so that it can be looked at (see ADR 0025).
 */

/**
 * @typedef {import('../test/reporter.mjs').Report} Report
 * @typedef {Omit<Report, 'files'> & { unsteady?: readonly string[] }} Merged
 */

/** With more of them it is no accident, and would take too long. */
const MOST_FILES = 4;

/**
 * @param {Report} report
 * @returns {readonly string[]} none when nothing failed, or too much did, or something outside of any file
 */
export function filesToRepeat({ failed, files }) {
  const broken = Object.entries(files).filter(([, file]) => file.failed > 0);
  const within = broken.reduce((sum, [, file]) => sum + file.failed, 0);
  const isFew = broken.length <= MOST_FILES && within === failed;
  return isFew ? broken.map(([path]) => path) : [];
}

/**
 * The first run with the second one of some files in place of theirs.
 * @param {Report} first
 * @param {Report} [second] of those files alone; none if there was no need, or it came to nothing
 * @returns {Merged}
 */
export function mergeTries(first, second) {
  const { files, ...whole } = first;
  if (second === undefined) return whole;
  const repeated = Object.keys(second.files);
  const kept = Object.keys(files).filter((path) => !repeated.includes(path));
  const all = [...kept.flatMap((path) => files[path] ?? []), second];
  const again = new Set(second.failures.map(nameOf));
  const before = repeated.flatMap((path) => files[path]?.failures ?? []);
  return {
    passed: all.reduce((sum, { passed }) => sum + passed, 0),
    failed: all.reduce((sum, { failed }) => sum + failed, 0),
    failures: all.flatMap(({ failures }) => failures),
    skipped: all.flatMap(({ skipped }) => skipped),
    unsteady: before.filter((failure) => !again.has(nameOf(failure))),
  };
}

/**
 * A failure without why, which differs from run to run.
 * @param {string} failure
 */
function nameOf(failure) {
  return failure.split(': ', 1)[0];
}
