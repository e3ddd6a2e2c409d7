import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

/** Which files of the program a `ct` reads, told by the compiled code that it keeps of each. */
export class PartsRead {
  /** For the environment of the runs that are looked at */
  readonly env = { XDG_CACHE_HOME: mkdtempSync(join(tmpdir(), 'ct-parts-')) };

  /** Those since the last time, in the order of their names */
  take(): readonly string[] {
    const kept = join(this.env.XDG_CACHE_HOME, 'ct', 'compile');
    // A name begins with the device and the inode of the file.
    const read = new Set(readdirSync(kept).map((name) => name.split('.')[1]));
    rmSync(kept, { recursive: true });
    const dist = dirname(resolve(process.env['CT_TEST_BIN'] ?? 'dist/main.cjs'));
    return readdirSync(dist)
      .filter((name) => read.has(String(statSync(join(dist, name)).ino)))
      .sort();
  }
}
