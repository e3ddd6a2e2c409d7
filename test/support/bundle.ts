import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

const LOCK = '.vitest/bundle.lock';
/** What makes `dist/` */
const BUILD = ['build.mjs', 'setup/launcher.mjs', 'setup/pack.mjs'];
const PATIENCE_MS = 60_000;

/**
 * Makes sure that `dist/` is a build of these sources. Test files run in parallel processes: one of
 * them builds, the others wait.
 */
export function ensureBundle(): void {
  if (isFresh()) return;
  if (!takeLock()) return ensureBundle();
  try {
    if (!isFresh()) execFileSync(process.execPath, ['build.mjs'], { stdio: 'pipe' });
  } finally {
    rmSync(LOCK, { recursive: true, force: true });
  }
}

/** Files below a directory that end in `suffix`, as paths relative to the root of the project. */
export function filesBelow(directory: string, suffix: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => join(directory, name))
    .filter((path) => path.endsWith(suffix))
    .sort();
}

function isFresh(): boolean {
  const built = statSync('dist/meta.json', { throwIfNoEntry: false });
  const sources = [...filesBelow('src', '.ts'), ...BUILD, 'package.json'];
  return built !== undefined && sources.every((path) => statSync(path).mtimeMs <= built.mtimeMs);
}

/** False after having waited for somebody else's build. */
function takeLock(): boolean {
  mkdirSync('.vitest', { recursive: true });
  try {
    mkdirSync(LOCK);
    return true;
  } catch {
    const age = Date.now() - (statSync(LOCK, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > PATIENCE_MS) rmSync(LOCK, { recursive: true, force: true });
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    return false;
  }
}
