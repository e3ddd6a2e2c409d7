import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '../../host/files.ts';
import type { SandboxSpec } from '../../sandbox/spec.ts';

/** A file of the container's directory, and where it is mounted inside. */
export interface LentFile {
  readonly source: string;
  readonly target: string;
}

/**
 * Files that an engine lends to a container: /etc/resolv.conf, the host's own on the host's network (else
 * the image's stays, in which nobody answers), and with `hostname` /etc/hostname, since that of the image
 * may be the host's on which it was made.
 */
export function lendFiles(
  dir: string,
  { network, hostname }: Pick<SandboxSpec, 'network' | 'hostname'>,
  withHostname: boolean,
): readonly LentFile[] {
  const lend = (name: string, text: string): LentFile => {
    // 0644: inside it belongs to the agent's id, but it is mounted read-only.
    writeFileAtomic(`${dir}/${name}`, text, 0o644);
    return { source: `${dir}/${name}`, target: `/etc/${name}` };
  };
  return [
    ...(withHostname ? [lend('hostname', `${hostname}\n`)] : []),
    ...(network.kind === 'none'
      ? []
      : [lend('resolv.conf', readFileSync('/etc/resolv.conf', 'utf8'))]),
  ];
}
