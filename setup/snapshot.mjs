// @ts-check
/**
 * A start-up snapshot for a Node that was built without one of its own, as Debian's is: that one compiles all of
 * itself at each start, 80 of the 120 ms that it takes to do nothing (docs/adr/0004).
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { run } from './exec.mjs';
import { isPlain, readCpu } from './launcher.mjs';
import { say } from './say.mjs';

/**
 * @typedef {object} Snapshot all are paths of plain characters
 * @property {string} blob it has the time of `code`, so that whoever starts it sees an exchange of that
 * @property {string} code the file that has Node's code
 * @property {string} cpu what was the processor, as `readCpu` has it
 */

/**
 * Whether a Node has none of its own.
 * @param {object} [variables] what it was built with
 */
export function wantsSnapshot(variables = process.config.variables) {
  return 'node_use_node_snapshot' in variables && variables.node_use_node_snapshot === false;
}

/**
 * Where that of an installed version is, and what it is compared with; `undefined` when a shell could misread a path.
 * @param {string} version directory of the installed version
 * @returns {Snapshot | undefined}
 */
export function snapshotOf(version) {
  const code = codeOfNode();
  const paths = { blob: join(version, 'node.blob'), code, cpu: join(version, 'node.cpu') };
  return Object.values(paths).every(isPlain) ? paths : undefined;
}

/** Debian's is a library; others have it in the program. */
function codeOfNode() {
  const lines = fs.readFileSync('/proc/self/maps', 'utf8').split('\n');
  const libraries = lines.map((line) => line.slice(line.indexOf('/')));
  return libraries.find((path) => /\/libnode\.so[\d.]*$/.test(path)) ?? process.execPath;
}

/**
 * Makes it, unless the one that is there fits. Without one the command starts as ever: a failure is told, and no more.
 * @param {string} version
 * @param {string} node
 * @param {Snapshot} snapshot
 */
export async function ensureSnapshot(version, node, { blob, code, cpu }) {
  const text = `${(await run(['/bin/sh', '-c', `${readCpu('cpu')}; printf %s "$cpu"`])).stdout}\n`;
  if (isOfSameTime(blob, code) && fs.readFileSync(cpu, 'utf8') === text) return;
  const part = `${blob}.part-${process.pid}`;
  const words = ['--snapshot-blob', part, '--build-snapshot', join(version, 'dist/snapshot.cjs')];
  const env = { PATH: '/usr/bin:/bin' };
  const { code: status, stderr } = await run([node, ...words], { cwd: '/', env });
  if (status !== 0) {
    say(`! ct starts slower than it could: no snapshot of Node (${stderr.trim().split('\n')[0]})`);
    fs.rmSync(part, { force: true });
    return;
  }
  fs.rmSync(blob, { force: true });
  fs.writeFileSync(cpu, text);
  fs.chmodSync(cpu, 0o644);
  fs.chmodSync(part, 0o644);
  // To the nanosecond, as shells compare.
  await run(['touch', '-r', code, part]);
  fs.renameSync(part, blob);
  say(`• snapshot of Node's own modules, for a quick start: ${blob}`);
}

/**
 * @param {string} blob which may not be there
 * @param {string} code
 */
function isOfSameTime(blob, code) {
  const timeOf = (/** @type {string} */ path) =>
    fs.statSync(path, { bigint: true, throwIfNoEntry: false })?.mtimeNs;
  return timeOf(blob) === timeOf(code);
}
