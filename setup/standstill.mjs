// @ts-check
/**
 * Whether the machine stands still while tests run: a shared disk that takes a minute for what it did in a
 * millisecond fails tests that have nothing to do with each other, and looks like as many faults.
 */
import { closeSync, fsync, openSync, rmSync, writeSync } from 'node:fs';
import { elapsed } from './say.mjs';

const EVERY_MS = 1_000;
/** What takes longer is told. */
const LONG_MS = 3_000;

/**
 * Writes to the disk once a second, and sees how long that takes, and how late it can begin.
 * @param {string} path of a file to write to, on the disk that the tests use
 * @returns {{ stop: () => readonly string[] }} what it saw, a line for each
 */
export function watchStandstill(path) {
  const fd = openSync(path, 'w', 0o600);
  /** @type {string[]} */
  const seen = [];
  /** @type {number | undefined} since when the disk is asked */
  let askedMs;
  let lastMs = performance.now();
  const note = (/** @type {string} */ what, /** @type {number} */ fromMs) => {
    const ms = performance.now() - fromMs;
    if (ms > LONG_MS) seen.push(`${what}: ${(ms / 1000).toFixed(1)} s, until ${elapsed()}`);
  };
  const timer = setInterval(() => {
    note('no turn on a processor', lastMs + EVERY_MS);
    lastMs = performance.now();
    if (askedMs !== undefined) return;
    const fromMs = lastMs;
    askedMs = fromMs;
    writeSync(fd, '.', 0);
    fsync(fd, () => {
      note('no answer of the disk', fromMs);
      askedMs = undefined;
    });
  }, EVERY_MS);
  timer.unref();
  return {
    stop: () => {
      clearInterval(timer);
      if (askedMs !== undefined) note('no answer of the disk yet', askedMs);
      closeSync(fd);
      rmSync(path, { force: true });
      return seen;
    },
  };
}
