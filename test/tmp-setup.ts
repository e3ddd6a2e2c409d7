/** Gives a run of vitest a temporary directory of its own, which is gone afterwards. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** vitest's globalSetup: the tests' processes are started after it and inherit `TMPDIR`. */
export default function setup(): () => void {
  const above = tmpdir();
  const own = mkdtempSync(join(above, 'ct-unit-'));
  process.env['TMPDIR'] = own;
  return () => {
    process.env['TMPDIR'] = above;
    rmSync(own, { recursive: true, force: true });
  };
}
