import { rmSync, writeFileSync } from 'node:fs';
import { ensurePrivateDir } from './files.ts';
import { fileError } from './errors.ts';

/**
 * Lends files of the host to a container while `work` runs: a private directory on the runtime file
 * system (memory), to be mounted read-only, and gone afterwards. For what must not get into a create
 * body or the engine's database: proxies and registries with credentials in them.
 *
 * `name` belongs to the caller alone (it holds a lock of the same name), so what a killed process
 * left there is simply replaced.
 */
export async function withLentFiles<T>(
  input: {
    readonly runtimeDir: string;
    readonly name: string;
    readonly files: Readonly<Record<string, string>>;
  },
  work: (directory: string) => Promise<T>,
): Promise<T> {
  const directory = `${input.runtimeDir}/ct/lent-${input.name}`;
  try {
    rmSync(directory, { recursive: true, force: true });
    ensurePrivateDir(directory);
    for (const [name, text] of Object.entries(input.files)) {
      writeFileSync(`${directory}/${name}`, text, { mode: 0o600, flag: 'wx' });
    }
  } catch (thrown) {
    throw fileError(thrown, 'write', directory);
  }
  try {
    return await work(directory);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
