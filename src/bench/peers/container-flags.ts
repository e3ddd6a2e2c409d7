import type { Mount } from '../../sandbox/spec.ts';
import type { SessionPlan } from '../../plan/plan.ts';

/** Label of a peer's container, with the project directory of the peers of one bench. */
export const PEER_LABEL = 'ct.bench';

/** What a peer's container runs. */
export type Words = readonly string[];

/**
 * `podman run` with everything that the sandbox of a session has, so that both sides make the same
 * container. Left out is what only ct has: the gate, and whoever opens it.
 *
 * Source: podman-run(1)
 */
export function podmanRun(plan: SessionPlan, network: string, command: Words): readonly string[] {
  const { sandbox } = plan.container;
  return [
    ...runFlags(plan),
    `--userns=keep-id:uid=${sandbox.userns.uid},gid=${sandbox.userns.gid}`,
    '--unsetenv-all',
    '--no-hosts',
    '--image-volume=ignore',
    `--network=${network}`,
    ...entryAndImage(plan, JSON.stringify(sandbox.args.slice(0, 1)), command),
  ];
}

/**
 * The same for docker and nerdctl, as far as they have words for it: no keep-id.
 *
 * Source: Docker and nerdctl reference, `run`
 */
export function dockerRun(plan: SessionPlan, command: Words): readonly string[] {
  return [
    ...runFlags(plan),
    '--network=none',
    ...entryAndImage(plan, plan.container.sandbox.args[0] ?? '', command),
  ];
}

function runFlags({ container: { sandbox }, project }: SessionPlan): readonly string[] {
  const { limits, seccomp, user } = sandbox;
  return [
    ...['run', '--rm', '--interactive', '--log-driver=none'],
    `--label=${PEER_LABEL}=${project.source}`,
    `--user=${user.uid}:${user.gid}`,
    ...['--cap-drop=all', '--security-opt=no-new-privileges', '--read-only'],
    ...(seccomp === undefined ? [] : [`--security-opt=seccomp=${seccomp.path}`]),
    `--hostname=${sandbox.hostname}`,
    `--workdir=${sandbox.cwd}`,
    `--shm-size=${limits.shmBytes}`,
    ...limits.process.map(({ name, value }) => `--ulimit=${name}=${value}:${value}`),
    ...(limits.memoryBytes === undefined ? [] : [`--memory=${limits.memoryBytes}`]),
    ...(limits.pids === undefined ? [] : [`--pids-limit=${limits.pids}`]),
    ...(limits.cpus === undefined ? [] : [`--cpus=${limits.cpus}`]),
    ...Object.entries(sandbox.env).map(([name, value]) => `--env=${name}=${value}`),
    ...sandbox.mounts.map(mountFlag),
  ];
}

/** `--` goes to catatonit: what stands behind the image is passed on. */
function entryAndImage(plan: SessionPlan, entry: string, command: Words): readonly string[] {
  return [`--entrypoint=${entry}`, plan.container.sandbox.image, '--', ...command];
}

function mountFlag(mount: Mount): string {
  if (mount.kind === 'tmpfs') {
    const mode = mount.modeOctal.toString(8);
    const exec = mount.exec ? 'exec' : 'noexec';
    return `--tmpfs=${mount.target}:rw,nosuid,nodev,${exec},size=${mount.sizeBytes},mode=${mode}`;
  }
  const source = mount.kind === 'volume' ? mount.name : mount.source;
  const type = mount.kind === 'volume' ? 'volume' : 'bind';
  const readOnly = mount.readOnly ? ',readonly' : '';
  return `--mount=type=${type},source=${source},target=${mount.target}${readOnly}`;
}
