// @ts-check
/** Debian packages: which are missing, and how they get here. */
import { run, runLogged } from './exec.mjs';
import { asRoot } from './host.mjs';
import { placeEnvironment } from './place.mjs';
import { SetupError, say, step } from './say.mjs';

/** What running sessions needs, and why each is there. */
export const RUN_PACKAGES = [
  ...['podman', 'netavark', 'aardvark-dns', 'uidmap'], // the engine, its networks, rootless id maps
  ...['runc', 'crun'], // OCI runtimes: crun for cgroup v2, runc for hybrid layouts
  ...['slirp4netns', 'passt', 'nftables', 'perl-base'], // sessions' networks, their rules and helper
  ...['fuse-overlayfs', 'catatonit'], // storage where the kernel can't; init for containers
  ...['mmdebstrap', 'ca-certificates'], // base image without a registry; TLS
];

/** What the test suites use beyond that. */
export const TEST_PACKAGES = [
  ...RUN_PACKAGES,
  ...['git', 'procps', 'python3', 'tmux', 'util-linux', 'passwd', 'curl', 'man-db'], // what tests call
  ...['docker-registry', 'openssl'], // a registry of the tests' own, with a certificate
  ...['iproute2', 'openssh-client', 'dropbear-bin'], // the lab of the network suites
  ...['musl-tools', 'gcc', 'libc6-dev'], // a program that is no friend of glibc's resolver
  ...['wget', 'gron', 'libfaketime'], // GNU's client, Go's resolver; a clock that jumps
  ...['systemd-container', 'e2fsprogs'], // boot a second Debian; the disks of a machine
  ...['containerd', 'rootlesskit'], // the second engine
];

/**
 * The packages of `wanted` that aren't installed. Without dpkg the list goes to a person instead.
 * @param {readonly string[]} wanted
 * @returns {Promise<string[]>}
 */
export async function missingPackages(wanted) {
  const query = ['dpkg-query', '-W', '-f', '${Package} ${db:Status-Status}\\n', ...wanted];
  const { code, stdout } = await run(query);
  if (code === 127 || (await run(['apt-get', '--version'])).code !== 0) {
    throw new SetupError(
      'this is no Debian-like system',
      'set-up installs packages with apt-get, which is not here',
      `install by hand, under your system's names: ${wanted.join(' ')}\nthen build and use ct without npm start: npm ci && npm run build && node dist/main.cjs --help`,
    );
  }
  return missingIn(stdout, wanted);
}

/**
 * @param {string} listing lines of `package status`
 * @param {readonly string[]} wanted
 */
export function missingIn(listing, wanted) {
  const installed = new Set(
    listing.split('\n').flatMap((line) => (line.endsWith(' installed') ? line.split(' ')[0] : [])),
  );
  return wanted.filter((name) => !installed.has(name));
}

/**
 * The change that installs `missing`.
 * @param {readonly string[]} missing
 * @returns {import('./change.mjs').Change[]}
 */
export function planPackages(missing) {
  if (missing.length === 0) return [];
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  return [
    { text: `install packages: ${missing.join(' ')}`, commands: [['apt-get', 'update'], install] },
  ];
}

/**
 * Installs packages, with apt's output in a log.
 * @param {import('./host.mjs').Host} host
 * @param {readonly import('./change.mjs').Change[]} changes
 */
export async function installPackages(host, changes) {
  if (changes.length === 0) return say('• packages: all there');
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive', ...pairs(placeEnvironment(process.env))];
  for (const argv of changes.flatMap((change) => change.commands)) {
    await step(argv.slice(0, 2).join(' '), () =>
      runLogged(`${argv.slice(0, 2).join(' ')} failed`, asRoot(host, [...quiet, ...argv]), {
        next: `check the network and the package sources in /etc/apt, then run the same command again`,
      }),
    );
  }
}

/**
 * @param {Record<string, string>} env
 */
function pairs(env) {
  return Object.entries(env).map(([name, value]) => `${name}=${value}`);
}
