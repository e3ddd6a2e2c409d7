// @ts-check
/**
 * `node setup/vitest.mjs WORD…`: vitest's `run` with these words, and once more for what failed. The report of both
 * is in the file named by CT_TEST_REPORT; the exit status is that of the last run.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { runInherited } from './exec.mjs';
import { readOr } from './host.mjs';
import { say, sayFailure } from './say.mjs';
import { filesToRepeat, mergeTries } from './second-try.mjs';

const RUN = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run'];

/**
 * @param {string} path
 * @returns {import('../test/reporter.mjs').Report | undefined}
 */
function takeReport(path) {
  const text = readOr(path, '');
  rmSync(path, { force: true });
  return text === '' ? undefined : JSON.parse(text);
}

/**
 * @param {readonly string[]} words
 * @param {string} path
 */
async function main(words, path) {
  rmSync(path, { force: true });
  const code = await runInherited([...RUN, ...words]);
  const first = takeReport(path);
  if (first === undefined) return code;
  const files = filesToRepeat(first);
  if (files.length === 0) {
    writeFileSync(path, JSON.stringify(mergeTries(first)));
    return code;
  }
  say(`• once more, since something failed there: ${files.join(', ')}`);
  const options = words.filter((word, index) => isOption(word, words[index - 1]));
  const again = await runInherited([...RUN, ...options, ...files]);
  const second = takeReport(path);
  writeFileSync(path, JSON.stringify(mergeTries(first, second)));
  return second === undefined ? code : again;
}

/**
 * Whether a word is no name of a file: those of the second run take their place.
 * @param {string} word
 * @param {string | undefined} before
 */
function isOption(word, before) {
  return word.startsWith('--') || before === '--project' || before === '--exclude';
}

process.exitCode = 1;
try {
  process.exitCode = await main(process.argv.slice(2), process.env['CT_TEST_REPORT'] ?? '');
} catch (error) {
  sayFailure(error);
}
