import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../host/files.ts';
import type { NetworkAttachment } from '../../sandbox/spec.ts';

/**
 * File for /etc/resolv.conf in the container's directory: the host's own on the host's network;
 * `undefined` leaves the image's, in which nobody answers.
 */
export function writeResolvConf(dir: string, network: NetworkAttachment): string | undefined {
  if (network.kind === 'none') return undefined;
  const path = `${dir}/resolv.conf`;
  // 0644: inside it belongs to the agent's id, but it is mounted read-only.
  writeFileAtomic(path, readFileSync('/etc/resolv.conf', 'utf8'), 0o644);
  return path;
}
