// @ts-check
/** Which other Debian a host can be tested on, and what may be in the way. */
import { run } from './exec.mjs';
import { asRoot } from './host.mjs';

const PACKAGES = [
  ...['podman', 'netavark', 'aardvark-dns', 'uidmap', 'runc', 'crun', 'slirp4netns', 'passt'],
  ...['nftables', 'fuse-overlayfs', 'catatonit', 'mmdebstrap', 'ca-certificates', 'git', 'procps'],
  ...['util-linux', 'passwd', 'login', 'tmux', 'python3', 'curl'],
  ...['docker-registry', 'openssl', 'iproute2', 'openssh-client', 'dropbear-bin'],
  ...['musl-tools', 'gcc', 'libc6-dev', 'wget', 'gron', 'libfaketime'],
  ...['containerd', 'rootlesskit'],
];

/** What makes a root directory boot, and gives accounts a manager of their own. */
const SYSTEMD = ['systemd', 'systemd-sysv', 'dbus', 'dbus-user-session', 'libpam-systemd'];

/** Emulates a machine; of this Debian, since the one before it gives a new kernel wrong flags. */
const EMULATOR = 'qemu-system-x86';

/**
 * Files of integration tests that a guest leaves out, and why: the others fill an hour. What they try lies within
 * one image, or in ct alone, or another suite tries it on that Debian; what an engine of another version, its
 * runtime or its network program could change is tried on both.
 * @type {Readonly<Record<string, string>>}
 */
export const LEFT_OUT = {
  'test/integration/agents.test.ts':
    'every agent is installed into the image of sessions, the same on every host: integration installs them',
  'test/integration/daemon.test.ts':
    'the service is of ct alone: host:systemd tries it with the Podman of this Debian',
  'test/integration/network-commands.test.ts':
    'what is said and written of rules is of ct alone; what rules do is tried here too, in network and network-attack',
  'test/integration/packages.test.ts':
    'packages come into the image of sessions, the same on every host: integration installs them',
  'test/integration/real-task.test.ts':
    'agents at work in the image of sessions, the same on every host: integration has them work',
  'test/integration/registry.test.ts':
    'registries are asked by ct itself: both engines get what comes in integration and integration:containerd',
  'test/integration/seccomp-workloads.test.ts':
    'programs of one image on one kernel; that the filter is the same is what seccomp-exhaustive shows here too',
  'test/integration/secrets.test.ts':
    'ct itself hands secrets over, through the gate; that they get there and nowhere else canary shows here too',
};

/**
 * What a guest leaves out of a project, as a report of its own.
 * @param {string} project
 * @returns {string}
 */
export function leftOutOf(project) {
  const files = project === 'integration' ? Object.entries(LEFT_OUT) : [];
  const skipped = files.map(([name, reason]) => ({ name, reason }));
  return JSON.stringify({ passed: 0, failed: 0, failures: [], skipped });
}

/** The Debian that is booted with systemd, whatever the host is. */
export const SYSTEMD_GUEST = 'trixie';

/**
 * The Debian to test on beside the host's own: the one with the other generation of Podman.
 * @param {string} codename of the host
 */
export function guestSuite(codename) {
  return codename === 'trixie' ? 'bookworm' : 'trixie';
}

/**
 * The packages of a guest. Debian 12's own Node is too old, so the host's is copied there.
 * @param {string} suite
 */
export function guestPackages(suite) {
  return suite === SYSTEMD_GUEST ? [...PACKAGES, 'nodejs', 'npm', ...SYSTEMD, EMULATOR] : PACKAGES;
}

/**
 * Why the guest can't be run here, if so.
 * @param {import('./host.mjs').Host} host
 * @param {string} suite
 * @returns {Promise<string | undefined>}
 */
export async function guestObstacle(host, suite) {
  if (host.privilege === 'none') return 'it needs root (or sudo) to make a second Debian';
  const unshare = await run(asRoot(host, ['unshare', '--mount', '--pid', '--fork', 'true']));
  if (unshare.code !== 0) return `root can't make namespaces here (${unshare.stderr.trim()})`;
  const { stdout } = await run(['stat', '-f', '-c', '%T', '/var/cache']);
  if (stdout.trim() === 'overlayfs')
    return '/var/cache is on overlay, which holds no overlay storage';
  if (suite !== 'bookworm') return undefined;
  const libraries = await run(['ldd', process.execPath]);
  if (!libraries.stdout.includes('libnode.so')) return undefined;
  return `this Node (${process.execPath}) needs libnode.so, so it can't be copied to Debian 12`;
}

/**
 * Why no guest can be booted here, if so.
 * @param {import('./host.mjs').Host} host
 * @returns {Promise<string | undefined>}
 */
export async function bootObstacle(host) {
  const obstacle = await guestObstacle(host, SYSTEMD_GUEST);
  if (obstacle) return obstacle;
  const nspawn = await run(['systemd-nspawn', '--version']);
  return nspawn.code === 0 ? undefined : 'it needs systemd-nspawn (package systemd-container)';
}
