import { isAtLeast } from '../../base/versions.ts';
import { bad, ok, skipped, unknown, warn, type Check } from '../check.ts';

const GiB = 1024 ** 3;

/** Programs, space and ready-made things. */
export const supplyChecks: readonly Check[] = [
  {
    id: 'node',
    title: 'Node',
    scope: 'host',
    run({ nodeVersion, nodeStart }) {
      if (!isAtLeast(nodeVersion, [20, 18])) {
        return bad(
          `${nodeVersion} is too old`,
          'install Node 20.18 or later; 24 starts twice as fast',
        );
      }
      if (nodeStart === 'nothing') {
        return warn(
          `${nodeVersion}, which compiles all of itself at each start`,
          'the command that npm start installs has a snapshot for it: in the checkout, npm start (and unset NODE_OPTIONS, if you set it)',
        );
      }
      return ok(nodeStart === 'snapshot' ? `${nodeVersion}, from a snapshot` : nodeVersion);
    },
  },
  {
    id: 'network-helper',
    title: 'Network helper',
    scope: 'host',
    run({ programs, engine }) {
      const named = ['pasta', 'slirp4netns'].filter((name) => programs[name] !== undefined);
      const found = engine.state === 'asked' ? [...engine.info.networkHelpers, ...named] : named;
      if (found.length > 0) return ok([...new Set(found.map(baseName))].join(', '));
      return warn(
        'neither pasta nor slirp4netns: no sessions with --network permissive',
        'install one:  apt-get install passt slirp4netns',
      );
    },
  },
  {
    id: 'network-rules',
    title: 'Network rules',
    scope: 'host',
    run({ programs }) {
      const missing = [
        ...(programs['nft'] === undefined ? ['nftables'] : []),
        ...(programs['perl'] === undefined ? ['perl-base'] : []),
      ];
      if (missing.length === 0) return ok('nft and perl are there');
      return bad(
        'sessions get no network, and no start, without nft and perl',
        `apt-get install ${missing.join(' ')}`,
      );
    },
  },
  {
    id: 'bootstrap',
    title: 'mmdebstrap',
    scope: 'host',
    run({ programs }) {
      if (programs['mmdebstrap'] !== undefined) return ok('there');
      return warn(
        'not installed: without a registry ct cannot make a base image',
        'apt-get install mmdebstrap',
      );
    },
  },
  {
    id: 'disk',
    title: 'Disk space',
    scope: 'account',
    run({ freeBytes }) {
      if (freeBytes === undefined) return unknown('could not be found out');
      const shown = `${(freeBytes / GiB).toFixed(1)} GiB free`;
      if (freeBytes < GiB) return bad(shown, 'free some: the image and an agent need 2 GiB');
      return freeBytes < 4 * GiB ? warn(shown, 'the image and an agent need 2 GiB') : ok(shown);
    },
  },
  {
    id: 'image',
    title: 'Image',
    scope: 'account',
    run({ engine }) {
      if (engine.state !== 'asked') return skipped('the engine could not be asked');
      const [newest] = engine.stock.images;
      if (newest !== undefined) return ok(newest);
      return warn('not built yet', 'the first run builds it; to do it now:  ct sys init');
    },
  },
  {
    id: 'agents',
    title: 'Agents',
    scope: 'account',
    run({ engine }) {
      if (engine.state !== 'asked') return skipped('the engine could not be asked');
      const { agents } = engine.stock;
      if (agents === undefined) return unknown('their directory could not be read');
      if (agents.length > 0) return ok(agents.join(', '));
      return warn('none installed yet', 'the first run installs one; now:  ct sys init gemini');
    },
  },
];

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
