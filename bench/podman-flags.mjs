// @ts-check

/**
 * `podman run` arguments for the sandbox of a session plan, so that both sides of a comparison start
 * the same container. The gate is left out: there is nobody who would open it.
 *
 * @param {any} plan what `ct run --dry-run` prints
 * @param {readonly string[]} command program and arguments inside
 * @returns {string[]}
 */
export function podmanRun(plan, command) {
  const { sandbox } = plan.container;
  const flags = [
    'run',
    '--rm',
    '--interactive',
    '--log-driver=none',
    `--userns=keep-id:uid=${sandbox.userns.uid},gid=${sandbox.userns.gid}`,
    `--user=${sandbox.user.uid}:${sandbox.user.gid}`,
    '--cap-drop=all',
    '--security-opt=no-new-privileges',
    '--read-only',
    '--unsetenv-all',
    `--hostname=${sandbox.hostname}`,
    `--workdir=${sandbox.cwd}`,
    '--no-hosts',
    '--image-volume=ignore',
    network(sandbox.network.kind),
    ...Object.entries(sandbox.env).map(([name, value]) => `--env=${name}=${value}`),
    ...sandbox.mounts.map(mount),
    `--entrypoint=${JSON.stringify(sandbox.args.slice(0, 1))}`,
  ];
  // `--` goes to catatonit: podman passes everything after the image on.
  return [...flags, sandbox.image, '--', ...command];
}

/** @param {string} kind */
function network(kind) {
  return kind === 'none' ? '--network=none' : '--network=slirp4netns:allow_host_loopback=false';
}

/** @param {any} mount */
function mount(mount) {
  const readOnly = mount.readOnly ? ',ro' : '';
  if (mount.kind === 'tmpfs') {
    const exec = mount.exec ? 'exec' : 'noexec';
    const mode = mount.modeOctal.toString(8);
    return `--tmpfs=${mount.target}:rw,nosuid,nodev,${exec},size=${mount.sizeBytes},mode=${mode}`;
  }
  const source = mount.kind === 'volume' ? mount.name : mount.source;
  const type = mount.kind === 'volume' ? 'volume' : 'bind';
  return `--mount=type=${type},source=${source},target=${mount.target}${readOnly}`;
}
