import { isCtError } from '../../base/errors.ts';
import type { EngineVolumes, VolumeInfo } from '../engine.ts';
import { volumeFromLibpod, type LibpodVolume } from './convert.ts';
import { REMOVAL_MS, type Transport } from './transport.ts';

/** `Engine.volumes`. */
export function podmanVolumes(transport: Transport): EngineVolumes {
  const inspect = async (name: string): Promise<VolumeInfo | undefined> => {
    try {
      const volume = await transport.json<LibpodVolume>({
        doing: `inspect the volume ${name}`,
        method: 'GET',
        path: `${volumePath(name)}/json`,
      });
      return volumeFromLibpod(volume);
    } catch (thrown) {
      if (isCtError(thrown, 'not_found')) return undefined;
      throw thrown;
    }
  };
  return {
    inspect,
    ensure: async (name, labels) => {
      const known = await inspect(name);
      if (known !== undefined) return known;
      try {
        const made = await transport.json<LibpodVolume>({
          doing: `make the volume ${name}`,
          method: 'POST',
          path: '/volumes/create',
          json: { Name: name, Driver: 'local', Labels: labels },
        });
        return volumeFromLibpod(made);
      } catch (thrown) {
        // Another ct was faster.
        const theirs = isCtError(thrown, 'already_exists') ? await inspect(name) : undefined;
        if (theirs === undefined) throw thrown;
        return theirs;
      }
    },
    remove: async (name) => {
      try {
        await transport.json({
          doing: `remove the volume ${name}`,
          method: 'DELETE',
          path: volumePath(name),
          deadlineMs: REMOVAL_MS,
        });
      } catch (thrown) {
        if (!isCtError(thrown, 'not_found')) throw thrown;
      }
    },
  };
}

function volumePath(name: string): string {
  return `/volumes/${encodeURIComponent(name)}`;
}
