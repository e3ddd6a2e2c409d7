// @ts-check
/** This checkout's own packages (`npm ci`) and bundle (`build.mjs`), each only when something changed. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runLogged } from './exec.mjs';
import { readOr } from './host.mjs';
import { say, step } from './say.mjs';

/** The checkout's root, without a slash at the end. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');

const BUILD_INPUTS = ['src', 'templates', 'seccomp', 'build.mjs', 'package.json'];

/** Runs `npm ci` unless node_modules already is what package-lock.json says. */
export async function ensureNodeModules() {
  const stamp = join(ROOT, 'node_modules/.ct-lock-hash');
  const wanted = lockHash();
  if (readOr(stamp, '') === wanted) return say('• node_modules: as package-lock.json says');
  await step('npm ci', () =>
    runLogged('npm ci failed', [...npm(), 'ci', '--no-audit', '--no-fund'], {
      cwd: ROOT,
      next: 'check that the npm registry can be reached (npm ping), then run the same command again',
    }),
  );
  writeFileSync(stamp, wanted);
}

/** Builds `dist/` unless it is newer than everything it is made from. */
export async function ensureBuild() {
  if (isBuilt()) return say('• dist: newer than its sources');
  await step('build', () =>
    runLogged('the build failed', [process.execPath, 'build.mjs'], {
      cwd: ROOT,
      next: 'npm run types shows what is wrong with the sources',
    }),
  );
}

function lockHash() {
  const lock = readFileSync(join(ROOT, 'package-lock.json'));
  const machine = `${process.platform} ${process.arch}`;
  return createHash('sha256').update(lock).update(machine).digest('hex');
}

/** npm as this program was started with, else the one on PATH. */
function npm() {
  const path = process.env['npm_execpath'];
  return path?.endsWith('npm-cli.js') ? [process.execPath, path] : ['npm'];
}

function isBuilt() {
  const built = statSync(join(ROOT, 'dist/main.cjs'), { throwIfNoEntry: false });
  if (!built) return false;
  return BUILD_INPUTS.every((input) => newestMs(join(ROOT, input)) <= built.mtimeMs);
}

/**
 * The newest change below a path. Directories count, since theirs tells of files removed.
 * @param {string} path
 * @returns {number}
 */
export function newestMs(path) {
  if (!existsSync(path)) return 0;
  const found = statSync(path);
  if (!found.isDirectory()) return found.mtimeMs;
  const below = readdirSync(path).map((name) => newestMs(join(path, name)));
  return Math.max(found.mtimeMs, ...below);
}
