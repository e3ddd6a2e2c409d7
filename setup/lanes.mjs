// @ts-check
/**
 * Suites in two lanes: those that make sessions on this machine one after the other, on the caller's own
 * output, and beside them those of guests and of the code alone, whose output is kept and shown when it is
 * their turn. Those of the code alone are taken by whichever lane has nothing else to do.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { say, step } from './say.mjs';

/**
 * @template R
 * @typedef {object} Work
 * @property {string} name
 * @property {boolean} isBeside
 * @property {boolean} [isFree] one of those beside that either lane may take
 * @property {(output: 'inherit' | number) => Promise<R>} run where its programs write: here, or to a file
 */

/**
 * Runs all of it; resolves to the results in the order given. A work that throws (it was interrupted) ends
 * its lane; the other begins nothing more, and is waited for.
 * @template R
 * @param {readonly Work<R>[]} works
 * @param {(name: string) => void} announce called before the output of each
 * @returns {Promise<R[]>}
 */
export async function runLanes(works, announce) {
  const beside = works.filter(({ isBeside }) => isBeside);
  const here = works.filter(({ isBeside }) => !isBeside);
  const logs = mkdtempSync(join(tmpdir(), 'ct-lane-'));
  const stop = new AbortController();
  /** @type {Map<Work<R>, R>} */
  const results = new Map();
  /** @type {(next: () => Work<R> | undefined, run: (work: Work<R>) => Promise<void>) => Promise<void>} */
  const lane = (next, run) =>
    runLane(next, stop.signal, run).catch((/** @type {unknown} */ thrown) => {
      stop.abort(thrown);
    });
  /** @param {Work<R>} work */
  const apart = async (work) => {
    const fd = openSync(logOf(work.name, logs), 'a', 0o600);
    try {
      results.set(work, await work.run(fd));
    } finally {
      closeSync(fd);
    }
  };
  const waiting = [...beside];
  const second = lane(() => waiting.shift(), apart);
  const isApart = beside.length > 0 && here.length > 0;
  if (isApart) {
    say(`• beside the others, shown after them: ${beside.map(({ name }) => name).join(', ')}`);
  }
  try {
    const own = [...here];
    await lane(
      () => own.shift(),
      async (work) => {
        announce(work.name);
        results.set(work, await work.run('inherit'));
      },
    );
    const help = lane(() => takeFree(waiting), apart);
    if (isApart) await step('the suites beside', () => Promise.all([second, help]));
    else await Promise.all([second, help]);
    stop.signal.throwIfAborted();
    for (const { name } of beside) show(name, logs, announce);
  } finally {
    rmSync(logs, { recursive: true, force: true });
  }
  return works.flatMap((work) => results.get(work) ?? []);
}

/**
 * The first that needs no lane of its own.
 * @template R
 * @param {Work<R>[]} waiting
 * @returns {Work<R> | undefined}
 */
function takeFree(waiting) {
  const index = waiting.findIndex(({ isFree }) => isFree === true);
  return index < 0 ? undefined : waiting.splice(index, 1)[0];
}

/**
 * @template R
 * @param {() => Work<R> | undefined} next
 * @param {AbortSignal} signal
 * @param {(work: Work<R>) => Promise<void>} run
 */
async function runLane(next, signal, run) {
  for (let work; !signal.aborted && (work = next()) !== undefined;) await run(work);
}

/**
 * @param {string} name
 * @param {string} logs
 * @param {(name: string) => void} announce
 */
function show(name, logs, announce) {
  announce(name);
  process.stdout.write(readFileSync(logOf(name, logs)));
}

/**
 * @param {string} name
 * @param {string} logs
 */
function logOf(name, logs) {
  return join(logs, name.replaceAll(':', '-'));
}
