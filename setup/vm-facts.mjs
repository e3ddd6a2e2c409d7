// @ts-check
/** What the VM is made of and how it is started; pure, but for the question whether it can be. */
import { createHash } from 'node:crypto';
import { run } from './exec.mjs';
import { SYSTEMD_GUEST, guestObstacle, guestPackages } from './guest-facts.mjs';
import { readOr } from './host.mjs';
import { joinReports } from './outcome.mjs';

/** What a guest's root lacks to boot on hardware (the cloud kernel is the small one), and what only a kernel of its own has. */
export const VM_PACKAGES = [
  ...['linux-image-cloud-amd64', 'initramfs-tools', 'udev', 'kmod'],
  ...['nfs-kernel-server', 'selinux-policy-default', 'policycoreutils', 'selinux-utils'],
];

/** How long the VM may take for both boots, `s`: emulation on two busy cores takes half of it. */
export const VM_LIMIT_S = 1080;

/**
 * The VM stands in no place that asks for a proxy or an authority: it has no network. To read a hundred
 * authorities costs every Node seconds there.
 */
export const NOWHERE = /** @type {Record<string, string>} */ ({});

/** The drives, in the order in which the kernel names them: vda, vdb, vdc. */
export const DRIVES = /** @type {const} */ (['root', 'home', 'tree']);

/**
 * Name of the directory with the cached root disk: another one whenever what is on it would differ.
 * @param {Record<string, string>} files what is laid down in the root, by path
 */
export function rootDiskName(files) {
  const recipe = ['2', ...guestPackages(SYSTEMD_GUEST), ...VM_PACKAGES, JSON.stringify(files)];
  const digest = createHash('sha256').update(recipe.join('\0')).digest('hex');
  return `vm-${digest.slice(0, 12)}`;
}

/**
 * Why no VM can be run here, if so. (Its emulator comes with the guest's root.)
 * @param {import('./host.mjs').Host} host
 * @returns {Promise<string | undefined>}
 */
export async function vmObstacle(host) {
  const obstacle = await guestObstacle(host, SYSTEMD_GUEST);
  if (obstacle) return obstacle;
  if (process.arch !== 'x64') return `its kernel is for amd64 (this is ${process.arch})`;
  return timeObstacle(process.uptime()) ?? memoryObstacle(readOr('/proc/meminfo', ''));
}

/** A run of everything has an hour, and the VM may take a third of it on a busy machine. */
const LATEST_MIN = 40;

/**
 * Why it is too late for the VM, if so.
 * @param {number} seconds that the run has taken already
 * @returns {string | undefined}
 */
export function timeObstacle(seconds) {
  const minutes = Math.floor(seconds / 60);
  if (minutes < LATEST_MIN) return undefined;
  return `the others took ${minutes} minutes, and a run has an hour; alone: npm run test:vm`;
}

/**
 * Why there is too little memory for the VM, if so.
 * @param {string} meminfo the text of /proc/meminfo
 * @returns {string | undefined}
 */
export function memoryObstacle(meminfo) {
  const free = Math.floor(Number(/^MemAvailable: +(\d+) kB$/m.exec(meminfo)?.[1] ?? 0) / 1024);
  if (free >= NEEDED_MIB) return undefined;
  return `it needs ${NEEDED_MIB} MiB of memory (${free} MiB are available)`;
}

/**
 * Why the emulator can't run, if so.
 * @param {string} root a guest's root, which has one
 * @returns {Promise<string | undefined>}
 */
export async function emulatorObstacle(root) {
  const { code, stderr } = await run(['chroot', root, EMULATOR, '--version']);
  return code === 0 ? undefined : `its emulator doesn't run (${stderr.trim()})`;
}

const EMULATOR = 'qemu-system-x86_64';

/** What the VM has, and what the emulator takes for itself and for what it has translated. */
const MEMORY_MIB = 2048;
const NEEDED_MIB = MEMORY_MIB + 1280;

/** Files for what the VM says: its console, what the tests print, their reports. */
export const SERIAL = /** @type {const} */ (['console', 'output', 'report']);

/**
 * The command that is the VM: its end is the VM's. A reset does not end it, so the second boot has the
 * disks as the first one left them; what is written to them is gone afterwards.
 * @param {string} place the directory of the kernel, the disks and the files for what it says
 * @returns {string[]}
 */
export function qemuCommand(place) {
  return [
    ...[EMULATOR, '-accel', 'tcg,thread=multi', '-cpu', 'Nehalem'],
    ...['-m', String(MEMORY_MIB), '-smp', '2'],
    ...['-kernel', `${place}/vmlinuz`, '-initrd', `${place}/initrd.img`],
    ...['-append', KERNEL_WORDS.join(' ')],
    ...DRIVES.flatMap((name) => ['-drive', `${DRIVE},file=${place}/${name}.img`]),
    ...SERIAL.flatMap((name) => ['-serial', `file:${place}/${name}`]),
    ...['-display', 'none', '-monitor', 'none', '-nic', 'none', '-no-user-config', '-nodefaults'],
  ];
}

/** Nothing has to last: a flush that the host carries out costs time and keeps nothing. */
const DRIVE = 'if=virtio,format=raw,snapshot=on,cache=unsafe';

const KERNEL_WORDS = [
  ...['root=/dev/vda', 'rw', 'console=ttyS0', 'panic=-1', 'quiet'],
  // Guards against processors that this one is not; each costs an emulated one dear.
  'mitigations=off',
  // Namespaces and control groups wait for the kernel's readers, for milliseconds each on a slow machine.
  'rcupdate.rcu_expedited=1',
  'audit=0',
  // Does nothing until a policy is loaded, as the second boot does.
  'security=selinux',
];

/**
 * One report from those of each boot, one JSON text a line; empty where a boot wrote none.
 * @param {string} text
 * @param {number} boots how many there should be
 * @returns {string}
 */
export function mergeReports(text, boots) {
  const lines = text.split(/\r?\n/).filter((line) => line.startsWith('{'));
  return lines.length === boots ? joinReports(lines) : '';
}
