import { createReadStream, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { CtError } from '../../base/errors.ts';
import { timeProgram } from '../../host/timed.ts';
import { planOf } from '../cases.ts';
import type { Bench, Case, Opened, PodmanPeer, Scenario } from '../scenario.ts';

/** Name of the image while it is in a store. */
const IMAGE = 'localhost/ct/bench-import:latest';

/** A round takes a minute on a slow disk. */
const ROUNDS_OF = 10;

/**
 * An image archive into containerd, beside `podman load` of the same file. It holds the file system of
 * sessions, half a gigabyte, in one layer that neither store has.
 */
export const IMPORT: Scenario = {
  id: 'import',
  family: 'import',
  title: 'the image of sessions from an archive, into containerd',
  rounds: (asked) => Math.max(3, Math.ceil(asked / ROUNDS_OF)),
  open: openImport,
};

/** Errors: failed_precondition without Podman: it makes the archive, and there is nobody beside */
async function openImport(bench: Bench): Promise<Opened> {
  const { podman } = bench;
  if (podman === undefined) throw new CtError('failed_precondition', 'there is no podman here');
  const engine = await bench.engine('containerd');
  const dir = `${dirname(bench.projects.peers)}/import`;
  mkdirSync(dir);
  const store = ['--root', `${dir}/root`, '--runroot', `${dir}/run`, '--storage-driver=overlay'];
  const run = async (...args: readonly string[]): Promise<string> =>
    (await timeProgram({ program: podman.program, args, env: bench.env }, bench.signal)).stdout;
  const close = async (): Promise<void> => {
    await engine.images.remove(IMAGE);
    // Its files belong to subordinate ids.
    const args = ['unshare', 'rm', '-rf', dir];
    const command = { program: podman.program, args, env: bench.env };
    await timeProgram(command, new AbortController().signal);
  };
  try {
    const archive = await makeArchive(dir, podman, bench, run);
    return {
      cases: [
        importCase(archive, bench),
        loadCase(podman, [...store, 'load', '-i', archive], bench),
      ],
      missing: [],
      warmUpRounds: 0,
      settle: async () => {
        await engine.images.remove(IMAGE);
        await run(...store, 'rmi', '--all', '--force');
      },
      close,
    };
  } catch (thrown) {
    await close();
    throw thrown;
  }
}

/** Through an export, since a layer of the image itself may be in the stores already. */
async function makeArchive(
  dir: string,
  { runtime }: PodmanPeer,
  bench: Bench,
  run: (...args: readonly string[]) => Promise<string>,
): Promise<string> {
  const { container } = await planOf(['-n', 'offline', 'shell'], bench, { CT_ENGINE: 'podman' });
  const [files, archive] = [`${dir}/files.tar`, `${dir}/image.tar`];
  const create = [`--runtime=${runtime}`, 'create', '--network=none', container.sandbox.image];
  const id = (await run(...create, 'true')).trim();
  try {
    await run('export', '-o', files, id);
  } finally {
    await run('rm', '--force', id);
  }
  await run('import', '--quiet', files, IMAGE);
  try {
    await run('save', '--quiet', '--format=oci-archive', '-o', archive, IMAGE);
  } finally {
    await run('rmi', IMAGE);
  }
  return archive;
}

function importCase(archive: string, bench: Bench): Case {
  return {
    name: 'ct',
    role: 'ct',
    measure: async () => {
      const { images } = await bench.engine('containerd');
      const begunMs = performance.now();
      await images.load(createReadStream(archive), { signal: bench.signal });
      return { figures: { total: performance.now() - begunMs } };
    },
  };
}

function loadCase({ program }: PodmanPeer, args: readonly string[], bench: Bench): Case {
  return {
    name: 'podman load',
    role: 'peer',
    measure: async () => {
      const { totalMs } = await timeProgram({ program, args, env: bench.env }, bench.signal);
      return { figures: { total: totalMs } };
    },
  };
}
