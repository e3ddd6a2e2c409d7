import { existsSync, openSync, closeSync, readFileSync, rmSync } from 'node:fs';
import { CtError } from '../../base/errors.ts';
import { startDetached, systemPath } from '../../host/exec.ts';
import { writeFileAtomic } from '../../host/files.ts';
import { readStat } from '../../host/process.ts';
import type { NetworkAttachment } from '../../sandbox/spec.ts';

/** Who answers names inside slirp4netns. Source: slirp4netns(1) */
const SLIRP_DNS = 'nameserver 10.0.2.3\n';

const READY_MS = 5_000;

/**
 * File for /etc/resolv.conf in the container's directory: for the user-mode network, and the host's own
 * for the host's; `undefined` leaves the image's, in which nobody answers.
 */
export function writeResolvConf(dir: string, network: NetworkAttachment): string | undefined {
  if (network.kind === 'none') return undefined;
  const path = `${dir}/resolv.conf`;
  const text = network.kind === 'uplink' ? SLIRP_DNS : readFileSync('/etc/resolv.conf', 'utf8');
  // 0644: inside it belongs to the agent's id, but it is mounted read-only.
  writeFileAtomic(path, text, 0o644);
  return path;
}

/**
 * Connects the network namespace of a container that waits to be started to the host's network, by
 * slirp4netns, without the host's own loopback. It runs beside the container until `endUplink`.
 *
 * Errors: failed_precondition without slirp4netns or /dev/net/tun
 */
export async function attachUplink(pid: number, dir: string): Promise<void> {
  const log = openSync(`${dir}/slirp4netns.log`, 'a', 0o600);
  try {
    const helper = await startDetached(
      {
        program: 'slirp4netns',
        args: [
          ...['--configure', '--mtu=65520', '--disable-host-loopback', '--enable-seccomp'],
          ...['--userns-path', `/proc/${pid}/ns/user`, '--netns-type=path'],
          ...[`/proc/${pid}/ns/net`, 'tap0'],
        ],
        env: { PATH: systemPath(undefined) },
      },
      log,
    ).catch(noSlirp);
    let ended = false;
    void helper.ended.then(() => (ended = true));
    const stat = readStat(helper.pid);
    writeFileAtomic(`${dir}/uplink`, `${helper.pid} ${stat?.startTicks ?? '0'}\n`);
    for (const until = performance.now() + READY_MS; performance.now() < until;) {
      if (hasRoute(pid)) return;
      if (ended) break;
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    const words = readFileSync(`${dir}/slirp4netns.log`, 'utf8').trim().slice(-500);
    throw new CtError('failed_precondition', `slirp4netns gives no network: ${words}`, {
      hint: 'user-mode networks need /dev/net/tun: as root, modprobe tun && chmod 666 /dev/net/tun',
    });
  } finally {
    closeSync(log);
  }
}

/** Whether the namespace of a process has a default route. Source: proc_pid_net(5) route */
function hasRoute(pid: number): boolean {
  try {
    return /\ttap0|^tap0\t00000000\t/mu.test(readFileSync(`/proc/${pid}/net/route`, 'latin1'));
  } catch {
    return false;
  }
}

/** Ends the helper of a container that is gone, if it had one. */
export function endUplink(dir: string): void {
  const path = `${dir}/uplink`;
  if (!existsSync(path)) return;
  const [pid = 0, startTicks] = readFileSync(path, 'utf8').trim().split(' ');
  // The same process still, and not a later one with its number.
  if (readStat(Number(pid))?.startTicks === startTicks) process.kill(Number(pid), 'SIGTERM');
  rmSync(path, { force: true });
}

function noSlirp(thrown: unknown): never {
  throw new CtError('failed_precondition', 'there is no slirp4netns on this host', {
    hint: 'install it: sudo apt install slirp4netns',
    cause: thrown,
  });
}
