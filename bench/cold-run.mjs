// @ts-check
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { interleave, pairedRatio, quantile, time } from './measure.mjs';
import { podmanRun } from './podman-flags.mjs';

/**
 * A cold run: from the command to the first byte of a program inside, and to the exit of the command,
 * against `podman run --rm` with the same flags. Every container is gone before the next is timed, so
 * that no side pays for the other's clean-up; that time is outside both figures for `ct`, whose
 * containers the engine removes after it left, and inside the total of `podman run`.
 *
 * @param {{ ct: string, rounds: number, project: string }} options
 */
export async function coldRun({ ct, rounds, project }) {
  const script = ['-c', 'echo ready'];
  const dryRun = [ct, 'run', '--dry-run', 'shell', ...script];
  const plan = JSON.parse(
    execFileSync(process.execPath, dryRun, { cwd: project, encoding: 'utf8' }),
  );
  const peer = ['podman', ...runtime(), ...podmanRun(plan, ['bash', ...script])];
  const samples = await interleave(
    {
      ct: () => time([process.execPath, ct, 'run', 'shell', ...script], { cwd: project }),
      podman: () => time(peer, { cwd: project }),
    },
    { rounds, warmUp: 3, settle },
  );
  return /** @type {const} */ (['firstByteMs', 'totalMs']).map((figure) => {
    const ours = samples.ct.map((sample) => sample[figure]);
    const peers = samples.podman.map((sample) => sample[figure]);
    return {
      name: `ct run / podman run, ${figure === 'totalMs' ? 'until it ends' : 'until the first byte'}`,
      ours: quantile(ours),
      peer: quantile(peers),
      ratio: pairedRatio(ours, peers),
      goal: 1.0,
    };
  });
}

/** The runtime that ct's engine uses here: crun refuses hosts with cgroup v1 controllers. */
function runtime() {
  const mounts = readFileSync('/proc/self/mounts', 'utf8');
  return / \/sys\/fs\/cgroup cgroup2 /u.test(mounts) ? [] : ['--runtime=runc'];
}

/** Waits until no container is left and the machine has caught its breath. */
async function settle() {
  while (execFileSync('podman', ['ps', '--all', '--quiet'], { encoding: 'utf8' }) !== '')
    await sleep(50);
  await sleep(100);
}
