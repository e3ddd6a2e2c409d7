// @ts-check
/** Runs programs: always an argument array, never a shell string. */
import { spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { SetupError } from './say.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * @typedef {object} Options
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {string} [input] text for stdin; without it stdin is empty
 *
 * @typedef {object} Result
 * @property {number} code exit status; 128 + n after a signal, 127 when the program is missing
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a program and keeps its output. Never throws for a failing program.
 * @param {readonly string[]} argv
 * @param {Options} [options]
 * @returns {Promise<Result>}
 */
export function run(argv, options = {}) {
  const stdin = options.input === undefined ? 'ignore' : 'pipe';
  return new Promise((resolve) => {
    const child = start(argv, options, [stdin, 'pipe', 'pipe']);
    const out = { stdout: '', stderr: '' };
    child.stdout?.setEncoding('utf8').on('data', (text) => (out.stdout += text));
    child.stderr?.setEncoding('utf8').on('data', (text) => (out.stderr += text));
    child.on('error', (error) => resolve({ ...out, code: 127, stderr: error.message }));
    child.on('close', (code, signal) => resolve({ ...out, code: exitStatus(code, signal) }));
    child.stdin?.on('error', () => {}).end(options.input);
  });
}

/** The caller was told to stop (SIGINT, SIGTERM, SIGHUP) while a program ran. */
export class Interrupted extends Error {}

/**
 * Runs a program on the caller's own stdin, stdout and stderr, where not said otherwise; gives its exit
 * status. A signal to the caller goes to the program, and when that has ended this throws, so that the
 * caller can tidy up.
 * @param {readonly string[]} argv
 * @param {Options & { stdin?: 'inherit' | 'ignore', endWith?: NodeJS.Signals, output?: 'inherit' | number }} [options]
 *   `endWith` is sent in place of the caller's signal; `output` is a file for both outputs
 * @returns {Promise<number>}
 */
export async function runInherited(argv, options = {}) {
  const { stdin = 'inherit', output = 'inherit' } = options;
  const child = start(argv, options, [stdin, output, output]);
  /** @type {NodeJS.Signals | undefined} */
  let told;
  const pass = (/** @type {NodeJS.Signals} */ signal) => {
    told = signal;
    // A terminal sends SIGINT to the program as well.
    if (options.endWith || signal !== 'SIGINT') child.kill(options.endWith ?? signal);
  };
  for (const signal of SIGNALS) process.on(signal, pass);
  /** @type {number} */
  const code = await new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (status, signal) => resolve(exitStatus(status, signal)));
  });
  for (const signal of SIGNALS) process.off(signal, pass);
  if (told) throw new Interrupted(told);
  return code;
}

/**
 * Runs a program whose output belongs in a log file; a failure shows the last lines and the path.
 * @param {string} what what it would mean if this failed, e.g. `apt-get could not install`
 * @param {readonly string[]} argv
 * @param {Options & { next?: string }} [options]
 */
export async function runLogged(what, argv, options = {}) {
  const log = join(logDirectory(), `${what.replace(/[^a-z0-9]+/gi, '-').slice(0, 40)}.log`);
  const fd = openSync(log, 'a', 0o600);
  writeSync(fd, `$ ${argv.join(' ')}\n`);
  const code = await new Promise((resolve) => {
    const child = start(argv, options, ['ignore', fd, fd]);
    child.on('error', (error) => {
      writeSync(fd, `${error.message}\n`);
      resolve(127);
    });
    child.on('close', (status, signal) => resolve(exitStatus(status, signal)));
  });
  closeSync(fd);
  if (code === 0) return;
  const last = excerpt(readFileSync(log, 'utf8'));
  const next = options.next ?? 'read the log, cure the cause, and run the same command again';
  throw new SetupError(what, `${argv[0]} ended with status ${code}\n${last}\nlog: ${log}`, next);
}

/**
 * The part of a log worth showing: the first lines that speak of an error, and the last ones.
 * @param {string} log
 */
export function excerpt(log) {
  const lines = log.split('\n').filter((line) => line.trim().length > 8);
  const errors = lines.filter((line) => /\berror\b|^E: |cannot|missing/i.test(line)).slice(0, 4);
  return [...new Set([...errors, ...lines.slice(-6)])].join('\n');
}

/** @type {string | undefined} */
let logs;

/** The directory of this run's logs, private to the caller; made on first use. */
function logDirectory() {
  return (logs ??= mkdtempSync(join(tmpdir(), 'ct-setup-')));
}

/** Removes this run's logs; called when all went well. */
export function dropLogs() {
  if (logs) rmSync(logs, { recursive: true, force: true });
  logs = undefined;
}

/**
 * @param {readonly string[]} argv
 * @param {Options} options
 * @param {import('node:child_process').StdioOptions} stdio
 */
function start([program, ...args], { cwd, env }, stdio) {
  return spawn(String(program), args, { cwd, env: env ?? process.env, stdio });
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 */
function exitStatus(code, signal) {
  return code ?? 128 + (signal ? constants.signals[signal] : 0);
}
