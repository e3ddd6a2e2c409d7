import { readFileSync, rmSync, statSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import { runProgram, systemPath } from '../../host/exec.ts';
import { ensurePrivateDir, writeFileAtomic } from '../../host/files.ts';
import { fileError } from '../../host/errors.ts';
import type { EngineVolumes, Labels, VolumeInfo } from '../engine.ts';
import type { Place } from './backend.ts';

/** containerd has no volumes: they are directories of ours, `<name>/_data` (as
 * Podman calls it) beside their labels. */
const LABELS = 'labels.json';

/** Directory of a volume. Errors: invalid_argument for a name that could lead elsewhere */
export function volumePath({ volumesDir }: Pick<Place, 'volumesDir'>, name: string): string {
  return `${home(volumesDir, name)}/_data`;
}

function home(volumesDir: string, name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]*$/u.test(name)) {
    throw new CtError('invalid_argument', `'${name}' is no name of a volume`);
  }
  return `${volumesDir}/${name}`;
}

/** `Engine.volumes`. What is inside belongs to the user, as keep-id has it. */
export function directoryVolumes(place: Pick<Place, 'volumesDir'>): EngineVolumes {
  const inspect = async (name: string): Promise<VolumeInfo | undefined> => {
    const path = volumePath(place, name);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return undefined;
    return { name, path, labels: readLabels(`${home(place.volumesDir, name)}/${LABELS}`) };
  };
  return {
    inspect,
    ensure: async (name, labels) => {
      const known = await inspect(name);
      if (known !== undefined) return known;
      const dir = ensurePrivateDir(home(place.volumesDir, name));
      // The labels first: what is there is complete.
      writeFileAtomic(`${dir}/${LABELS}`, JSON.stringify(labels));
      return { name, path: ensurePrivateDir(`${dir}/_data`), labels };
    },
    remove: async (name) => {
      const dir = home(place.volumesDir, name);
      try {
        rmSync(dir, { recursive: true, force: true });
      } catch (thrown) {
        if ((thrown as NodeJS.ErrnoException).code !== 'EACCES') {
          throw fileError(thrown, 'remove the volume', dir);
        }
        await removeReadOnly(dir);
      }
    },
  };
}

/** Packages come with directories that nobody may write to, also not to remove what is in them. */
async function removeReadOnly(dir: string): Promise<void> {
  const env = { PATH: systemPath(undefined) };
  const limits = { deadlineMs: 60_000 };
  await runProgram({ program: 'chmod', args: ['-R', 'u+rwX', '--', dir], env }, limits);
  try {
    rmSync(dir, { recursive: true, force: true });
  } catch (thrown) {
    throw fileError(thrown, 'remove the volume', dir);
  }
}

function readLabels(path: string): Labels {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Labels;
  } catch (thrown) {
    throw fileError(thrown, 'read the labels of a volume', path);
  }
}
