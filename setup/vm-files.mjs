// @ts-check
/** Files that make a guest's root one that boots in a VM, and the script of the tests there. */
import { asAccount } from './account.mjs';
import { showCommand } from './change.mjs';
import { GUEST_ACCOUNT } from './guest-root.mjs';
import { TEST_BASE } from './test-tree.mjs';
import { SELINUX_FILES, labelHomes } from './vm-selinux.mjs';
import { NFS_FILES, serveNfs } from './vm-nfs.mjs';
import { NOWHERE } from './vm-facts.mjs';

/** The script, on the drive that is made anew for each run. */
export const VM_SCRIPT = `${TEST_BASE}/tree/vm.sh`;

/** What is laid down in the root before the kernel is installed: a small image to start from, made once. */
export const EARLY_FILES = {
  '/etc/initramfs-tools/conf.d/ct-test': 'MODULES=list\nCOMPRESS=gzip\n',
  '/etc/initramfs-tools/modules': 'virtio_pci\nvirtio_blk\next4\n',
};

/**
 * What is laid down in the root of the VM.
 * @param {import('./account.mjs').Account} account a lingering one: it has a manager from boot on
 * @returns {Record<string, string>}
 */
export function rootFiles({ uid }) {
  return {
    '/etc/hostname': 'ct-vm\n',
    // With none it would be a first boot, which asks for more than a second one.
    '/etc/machine-id': `${'c7'.repeat(16)}\n`,
    '/etc/fstab': [
      '/dev/vda / ext4 defaults 0 0',
      `/dev/vdb ${TEST_BASE}/home ext4 defaults 0 0`,
      `/dev/vdc ${TEST_BASE}/tree ext4 defaults 0 0`,
      '',
    ].join('\n'),
    ...SELINUX_FILES,
    ...NFS_FILES,
    [`/var/lib/systemd/linger/${GUEST_ACCOUNT}`]: '',
    '/etc/systemd/system/ct-test.service': unitOf(uid),
    // It would leave after five idle seconds, and its start takes longer than that here.
    '/etc/systemd/user/podman.service.d/stay.conf':
      '[Service]\nExecStart=\nExecStart=/usr/bin/podman system service --time=0\n',
  };
}

/** Links to lay down, by path. What is masked costs an emulated processor seconds, and nobody misses it. */
export const ROOT_LINKS = {
  '/etc/systemd/system/multi-user.target.wants/ct-test.service': '../ct-test.service',
  ...Object.fromEntries(
    [
      ...['apt-daily.timer', 'apt-daily-upgrade.timer', 'dpkg-db-backup.timer', 'fstrim.timer'],
      ...['e2scrub_all.timer', 'e2scrub_reap.service', 'man-db.timer', 'getty.target'],
      ...['podman-auto-update.timer', 'podman.service', 'podman.socket', 'podman-restart.service'],
      ...['containerd.service', 'docker-registry.service', 'dropbear.service', 'ssh.service'],
      ...['systemd-binfmt.service', 'systemd-hwdb-update.service', 'nftables.service'],
      ...['ldconfig.service', 'systemd-random-seed.service', 'systemd-journal-flush.service'],
      ...['systemd-udev-load-credentials.service', 'systemd-tmpfiles-clean.timer'],
      ...['modprobe@drm.service', 'modprobe@efi_pstore.service', 'modprobe@configfs.service'],
      ...['dev-hugepages.mount', 'dev-mqueue.mount', 'proc-sys-fs-binfmt_misc.automount'],
      ...['sys-kernel-debug.mount', 'sys-kernel-tracing.mount', 'sys-kernel-config.mount'],
      ...['systemd-ask-password-wall.path', 'systemd-ask-password-console.path'],
      ...['netavark-dhcp-proxy.socket', 'systemd-sysext.socket', 'systemd-creds.socket'],
      // It would have the second boot label all files and begin anew.
      'selinux-autorelabel-mark.service',
      // Started by hand, in the boot that wants them.
      ...['nfs-server.service', 'nfs-client.target', 'rpcbind.service'].map(
        (unit) => `multi-user.target.wants/${unit}`,
      ),
      ...['remote-fs.target.wants/nfs-client.target', 'sockets.target.wants/rpcbind.socket'],
    ].map((unit) => [`/etc/systemd/system/${unit}`, '/dev/null']),
  ),
};

/** What is said of the machine when a test failed. */
const LOOK =
  '{ ps -eo pid,user,stat,etimes,args --sort=start_time | tail -n 40; free -m; journalctl -q -b -n 80; }';

/** @param {number} uid */
function unitOf(uid) {
  return `[Unit]
Wants=user@${uid}.service
After=multi-user.target user@${uid}.service
[Service]
Type=oneshot
TimeoutStartSec=infinity
ExecStart=sh ${VM_SCRIPT}
StandardInput=null
SELinuxContext=-unconfined_u:unconfined_r:unconfined_t:s0-s0:c0.c1023
StandardOutput=file:/dev/ttyS1
StandardError=inherit
`;
}

/** The file of the tests in each boot. */
export const BOOTS = ['test/vm/first-boot.test.ts', 'test/vm/second-boot.test.ts'];

/** Made by a test that wants the clock of the machine set a day ahead; gone when that is done. */
const CLOCK = `${TEST_BASE}/tree/set-clock`;

/** Made by a test that wants SELinux to enforce its policy; gone when that is so. */
const ENFORCE = `${TEST_BASE}/tree/enforce`;

/** Parts of the kernel that sessions use, and that it loads when they are first asked for. */
const MODULES = [
  ...['overlay', 'tun', 'nf_tables', 'nft_ct', 'nft_limit', 'nft_nat', 'nft_chain_nat'],
  ...['nft_reject_inet', 'nft_socket', 'nft_redir', 'nft_masq'],
];

/**
 * The script of the unit, as root. The first boot ends as by a power cut, in the middle of sessions; what
 * the tests leave for the second one is on the disk by then, since it is ct that is tested and not the
 * file system.
 * @param {Pick<import('./guest-vm.mjs').Guest, 'account'>} guest
 * @param {(file: string) => readonly string[]} testsIn the command for the tests of a file
 * @param {string} report the file that the command writes
 */
export function vmScript({ account }, testsIn, report) {
  const runtime = `/run/user/${account.uid}`;
  const user = (/** @type {string[]} */ ...argv) =>
    showCommand(asAccount(account, account.home, argv, { XDG_RUNTIME_DIR: runtime }, NOWHERE));
  const ping = ['curl', '-s', '-o', '/dev/null', '--unix-socket', `${runtime}/podman/podman.sock`];
  const boot = (/** @type {string} */ file) => [
    // A pipe: what is no terminal is not drawn on.
    `  ${showCommand(testsIn(file))} 2>&1 | cat`,
    '  echo "tests over, $(cut -d " " -f 1 /proc/uptime) s after the boot began"',
    // Nobody can look later.
    `  grep -q '"failed":0' ${report} || ${LOOK}`,
    `  { cat ${report}; echo; } > /dev/ttyS2`,
  ];
  const [first = '', second = ''] = BOOTS;
  return [
    'stty -F /dev/ttyS1 -opost; stty -F /dev/ttyS2 -opost',
    'echo "booted in $(cut -d " " -f 1 /proc/uptime) s"',
    // What a first session would load in the middle of what it is measured by: signatures take seconds here.
    `modprobe -a ${MODULES.join(' ')}`,
    user('systemctl', '--user', 'start', 'podman.socket'),
    `until ${user(...ping, 'http://engine/_ping')}; do sleep 1; done`,
    'if [ ! -e /var/lib/ct-test-booted ]; then',
    '  touch /var/lib/ct-test-booted',
    '  fallocate -l 256M /swap; chmod 600 /swap; mkswap -q /swap; swapon /swap',
    `  { until [ -e ${CLOCK} ]; do sleep 1; done; date -s "+1 day"; rm ${CLOCK}; } &`,
    ...boot(first),
    ...labelHomes().map((line) => `  ${line}`),
    `  rm -f ${report}; sync; sleep 1; echo b > /proc/sysrq-trigger`,
    'else',
    '  {',
    ...serveNfs(account).map((line) => `    ${line}`),
    '  } &',
    `  { until [ -e ${ENFORCE} ]; do sleep 1; done; setenforce 1; rm ${ENFORCE}; } &`,
    ...boot(second),
    '  sync; sleep 1; echo o > /proc/sysrq-trigger',
    'fi',
    '',
  ].join('\n');
}
