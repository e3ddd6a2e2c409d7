import { spawnSync, type StdioOptions } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, it } from 'vitest';

const dir = mkdtempSync(join(tmpdir(), 'ct-stdio-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
const bundle = join(dir, 'stdio.cjs');
buildSync({
  ...{ entryPoints: ['src/host/stdio.ts'], outfile: bundle, bundle: true },
  ...{ platform: 'node', format: 'cjs' },
});
const ASK = `console.log(require(${JSON.stringify(bundle)}).hasNoInput())`;

function hasNoInput(stdin: number | 'ignore' | 'pipe'): string {
  const stdio: StdioOptions = [stdin, 'pipe', 'inherit'];
  return spawnSync(process.execPath, ['-e', ASK], { stdio, encoding: 'utf8' }).stdout.trim();
}

/** Of a device or a file */
function of(path: string): string {
  const fd = openSync(path, 'r');
  try {
    return hasNoInput(fd);
  } finally {
    closeSync(fd);
  }
}

describe('standard input', () => {
  it('has nothing to read where it is /dev/null, or closed', () => {
    expect(hasNoInput('ignore')).toBe('true');
    // Node opens /dev/null for what its parent closed.
    const closed = spawnSync('/bin/sh', ['-c', 'exec "$0" -e "$1" <&-', process.execPath, ASK]);
    expect(String(closed.stdout)).toBe('true\n');
  });

  it('may have something to read where it is a pipe, a file or another device', () => {
    expect([hasNoInput('pipe'), of(bundle), of('/dev/zero')]).toEqual(['false', 'false', 'false']);
  });
});
