// @ts-check
/**
 * Boots a guest's root with systemd, as systemd-nspawn does without a systemd on the host, runs commands
 * there and powers off. They stand in a oneshot unit; the exit status comes back in a file.
 */
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { showCommand } from './change.mjs';
import { run, runInherited } from './exec.mjs';
import { readOr } from './host.mjs';
import { say } from './say.mjs';

const UNIT = 'ct-test.service';
const SCRIPT = '/root/ct-test.sh';
const STATUS = '/root/ct-test.status';
const LOG = '/root/ct-test.log';

/** What a container needs so that rootless Podman works in it. */
const NSPAWN = [
  ...['systemd-nspawn', '-q', '--register=no', '--keep-unit', '--console=pipe'],
  ...['--private-users=no', '--capability=all'],
  // crun makes keyrings, and asks for BPF programs.
  '--system-call-filter=@keyring bpf',
  ...['--bind=/dev/fuse', '--bind=/dev/net/tun'],
];

/**
 * Why the root can't be entered here, if so: namespaces within namespaces may be forbidden.
 * @param {string} root
 * @returns {Promise<string | undefined>}
 */
export async function nspawnObstacle(root) {
  const { code, stderr } = await run([...withLayout(), ...NSPAWN, '-D', root, '/bin/true']);
  forget(root);
  return code === 0 ? undefined : `systemd-nspawn makes no container here (${lastLine(stderr)})`;
}

/**
 * @param {string} root
 * @param {import('./account.mjs').Account} account a lingering one: it has a manager from boot on
 * @param {readonly (readonly string[])[]} commands one after the other, whatever becomes of each
 * @returns {Promise<number>} 0, or the exit status of the last that failed
 */
export async function runBooted(root, account, commands) {
  const files = {
    '/etc/hostname': 'ct-systemd\n',
    // No pids controller is delegated here, and /proc/sys is read-only.
    '/etc/containers/containers.conf': '[containers]\npids_limit = 0\ndefault_sysctls = []\n',
    [`/var/lib/systemd/linger/${account.name}`]: '',
    [SCRIPT]: scriptOf(commands),
    [`/etc/systemd/system/${UNIT}`]: unitOf(account),
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const wants = join(root, 'etc/systemd/system/multi-user.target.wants');
  mkdirSync(wants, { recursive: true });
  symlinkSync(`../${UNIT}`, join(wants, UNIT));
  const boot = [...withLayout(), ...NSPAWN, '-D', root, '--boot'];
  // Nothing gentler ends a machine that hangs while it boots.
  const code = await runInherited(boot, { stdin: 'ignore', cwd: '/', endWith: 'SIGKILL' });
  forget(root);
  process.stdout.write(readOr(join(root, LOG), ''));
  const status = join(root, STATUS);
  if (existsSync(status)) return Number(readFileSync(status, 'utf8'));
  say(`the guest ended with status ${code} before the tests did`);
  return code || 1;
}

/** @param {readonly (readonly string[])[]} commands */
function scriptOf(commands) {
  const lines = commands.map((command) => `${showCommand(command)} || status=$?`);
  return ['status=0', ...lines, `echo $status > ${STATUS}`, ''].join('\n');
}

/** @param {import('./account.mjs').Account} account */
function unitOf({ uid }) {
  return `[Unit]
Wants=user@${uid}.service
After=multi-user.target user@${uid}.service
[Service]
Type=oneshot
TimeoutStartSec=1200
ExecStart=sh ${SCRIPT}
StandardOutput=file:${LOG}
StandardError=inherit
ExecStopPost=systemctl --no-block poweroff
`;
}

/** A host whose own layout is mixed still gives the guest cgroup v2. */
function withLayout() {
  return ['env', 'SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1'];
}

/**
 * systemd-nspawn leaves an empty directory where /run is no tmpfs.
 * @param {string} root
 */
function forget(root) {
  try {
    rmdirSync(`/run/systemd/nspawn/propagate/${basename(root)}`);
  } catch {
    // It was not made, or somebody else has it.
  }
}

/** @param {string} text */
function lastLine(text) {
  return text.trim().split('\n').pop() ?? '';
}
