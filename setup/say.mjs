// @ts-check
/** What set-up tells a person: progress with elapsed time, and failures with a way out. All of it on stderr. */

const startedMs = performance.now();

/** Seconds since `fromMs` (default: since the program began), as text such as `12.3 s`. */
export function elapsed(fromMs = startedMs) {
  return `${((performance.now() - fromMs) / 1000).toFixed(1)} s`;
}

/**
 * Writes one line to stderr.
 * @param {string} line
 */
export function say(line) {
  process.stderr.write(`${line}\n`);
}

/**
 * Does one long piece of work, with a line before, one every 15 s meanwhile, and one after.
 * @template T
 * @param {string} title
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function step(title, work) {
  const fromMs = performance.now();
  say(`• ${title} …`);
  const ticking = setInterval(() => say(`  … ${title}: ${elapsed(fromMs)} so far`), 15_000);
  try {
    const result = await work();
    say(`  done in ${elapsed(fromMs)}`);
    return result;
  } finally {
    clearInterval(ticking);
  }
}

/** A failure of set-up that a person can act on: what failed, why, and what to type next. */
export class SetupError extends Error {
  /**
   * @param {string} what what failed, lower case, no full stop
   * @param {string} why the reason; may be several lines
   * @param {string} next what to do now, a command where one exists
   */
  constructor(what, why, next) {
    super(what);
    this.name = 'SetupError';
    this.why = why;
    this.next = next;
  }
}

/**
 * Prints a failure. Only a bug of ours shows a stack trace.
 * @param {unknown} error
 */
export function sayFailure(error) {
  if (error instanceof Error && error.constructor.name === 'Interrupted') return say('\nstopped');
  if (!(error instanceof SetupError)) {
    say(`\nct set-up stopped on a fault of its own; please report it:`);
    say(error instanceof Error ? String(error.stack) : String(error));
    return;
  }
  say(`\nct set-up: ${error.message}`);
  if (error.why) say(indent('why:  ', error.why));
  if (error.next) say(indent('next: ', error.next));
}

/**
 * @param {string} label
 * @param {string} text
 */
function indent(label, text) {
  const rest = ' '.repeat(label.length + 2);
  return `  ${label}${text.trimEnd().split('\n').join(`\n${rest}`)}`;
}
