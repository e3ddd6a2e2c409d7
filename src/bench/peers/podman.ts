import type { Command } from '../../host/exec.ts';
import type { NetworkMode } from '../../plan/options.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import type { PodmanPeer } from '../scenario.ts';
import { podmanRun, type Words } from './container-flags.ts';

/** The peer's environment is the bench's own. */
export type PeerCommand = Omit<Command, 'env'>;

/** `podman run` with the flags of a session. */
export function podmanPeer(
  { program, runtime }: PodmanPeer,
  plan: SessionPlan,
  network: string,
  words: Words,
): PeerCommand {
  return { program, args: [`--runtime=${runtime}`, ...podmanRun(plan, network, words)] };
}

/**
 * What stands beside a network mode on Podman's side. It has nothing like strict, which is therefore held
 * against what a strict session replaces: a user-mode network; permissive against that which this
 * Podman takes by itself.
 *
 * Source: podman-run(1) --network; Podman 5.0 release notes (pasta by default)
 */
export function podmanNetwork(network: NetworkMode, { version }: PodmanPeer): string {
  const takesPasta = Number(/(\d+)\./u.exec(version)?.[1]) >= 5;
  if (network === 'offline') return 'none';
  if (network === 'permissive' && takesPasta) return 'pasta';
  return 'slirp4netns:allow_host_loopback=false';
}
