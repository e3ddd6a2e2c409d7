import type { AgentInstall } from '../agents/agent.ts';
import { PACKAGES_VOLUME, PATHS } from '../base/layout.ts';
import { renderOwner, type Owner } from '../base/owner.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import { CA_BUNDLE, caEnvironment, caMounts, type Authorities } from '../sandbox/certificates.ts';
import type { SeccompUse } from '../sandbox/seccomp/use.ts';
import { UNLIMITED } from '../sandbox/limits.ts';
import { labelled, labelledUnlessSystem } from '../sandbox/mounts.ts';
import type { Mount } from '../sandbox/spec.ts';
import { LABEL } from './labels.ts';

/** How something gets into the packages volume. */
export type Recipe = Exclude<AgentInstall, { kind: 'none' }>;

/** What `planInstall` needs to know. */
export interface InstallWish {
  readonly agent: string;
  readonly install: Recipe;
  /** Program that must be there afterwards */
  readonly command: string;
  readonly imageReference: string;
  /** Host directory with the script, the npmrc and the environment: {@link LENT} inside */
  readonly lentDir: string;
  readonly authorities: Authorities;
  readonly seccomp: SeccompUse;
  /** SELinux wants a label on what is mounted from the host */
  readonly relabel: boolean;
  /** Where the agent's directory of the packages volume is on the host */
  readonly ownDir: string;
  /** Random word; the container and its staging directory carry it */
  readonly run: string;
  readonly instance: string;
  readonly owner: Owner;
  readonly ctVersion: string;
}

/** A directory of the packages volume that a container may write to. */
export interface OwnPlace {
  /** Its path on the host */
  readonly source: string;
  /** The same below the volume, inside */
  readonly below: string;
}

/** What every container that writes to the packages volume has in common. */
export interface InstallerWish {
  /** Of the container */
  readonly name: string;
  /** Value of the label `ct.agent` */
  readonly subject: string;
  /** Script among the lent files, and its arguments */
  readonly words: readonly [script: string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  /** The network of the host, or none for a container that only looks */
  readonly network: 'host' | 'none';
  /** Without one it may only look */
  readonly own: OwnPlace | undefined;
  readonly imageReference: string;
  readonly lentDir: string;
  readonly authorities: Authorities;
  readonly seccomp: SeccompUse;
  /** SELinux wants a label on what is mounted from the host */
  readonly relabel: boolean;
  readonly instance: string;
  readonly owner: Owner;
  readonly ctVersion: string;
}

/** Where files lent by the host appear in containers that build or install. */
export const LENT = '/run/ct-host';

const MiB = 1024 * 1024;

/** The container that installs an agent. */
export function planInstall(wish: InstallWish): ContainerSpec {
  return planInstaller({
    ...wish,
    name: `ct-install-${wish.agent}-${wish.run}`,
    subject: wish.agent,
    words: [
      'install-agent.sh',
      ...[wish.agent, wish.command, wish.run, ...recipeWords(wish.install)],
    ],
    env: {},
    network: 'host',
    own: { source: wish.ownDir, below: wish.agent },
  });
}

/**
 * A container that installs: the only kind that may write to the packages volume, there to a directory of its own
 * and nowhere else: what a package executes while it is installed must not become part of another agent. It never
 * sees a project or a home. It has the host's network, since a registry may be reachable through the host's loopback
 * only.
 */
export function planInstaller(wish: InstallerWish): ContainerSpec {
  const [script, ...args] = wish.words;
  return {
    name: wish.name,
    labels: {
      [LABEL.instance]: wish.instance,
      [LABEL.kind]: 'install',
      [LABEL.agent]: wish.subject,
      [LABEL.life]: 'attached',
      [LABEL.owner]: renderOwner(wish.owner),
      [LABEL.version]: wish.ctVersion,
    },
    autoRemove: true,
    sandbox: {
      image: wish.imageReference,
      args: [PATHS.init, '--', '/bin/sh', `${LENT}/${script}`, ...args],
      env: { ...installEnvironment(wish.authorities), ...wish.env },
      cwd: '/tmp',
      user: { uid: PATHS.uid, gid: PATHS.gid },
      terminal: false,
      stdin: false,
      hostname: 'ct',
      userns: { kind: 'keep-id', uid: PATHS.uid, gid: PATHS.gid },
      network: { kind: wish.network },
      mounts: installMounts(wish),
      capabilities: [],
      noNewPrivileges: true,
      readOnlyRoot: true,
      seccomp: wish.seccomp,
      limits: UNLIMITED,
    },
  };
}

/** Source: templates/install-agent.sh */
function recipeWords(install: Recipe): readonly string[] {
  if (install.kind === 'npm') {
    return ['npm', install.package, install.version, ...(install.beside ?? [])];
  }
  return ['archive', install.url, install.version, install.sha256];
}

function installEnvironment(authorities: Authorities): Readonly<Record<string, string>> {
  return {
    HOME: PATHS.home,
    USER: PATHS.user,
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    npm_config_userconfig: `${LENT}/npmrc`,
    npm_config_cache: '/tmp/npm',
    npm_config_cafile: CA_BUNDLE,
    ...caEnvironment(authorities),
  };
}

function installMounts(wish: InstallerWish): readonly Mount[] {
  return [
    { kind: 'tmpfs', target: '/tmp', sizeBytes: 2048 * MiB, modeOctal: 0o1777, exec: true },
    { kind: 'tmpfs', target: PATHS.home, sizeBytes: 256 * MiB, modeOctal: 0o1777, exec: true },
    { kind: 'tmpfs', target: '/run', sizeBytes: 16 * MiB, modeOctal: 0o1777, exec: false },
    ...labelled([{ kind: 'bind', source: wish.lentDir, target: LENT, readOnly: true }], wish),
    ...labelledUnlessSystem(caMounts(wish.authorities), wish),
    { kind: 'volume', name: PACKAGES_VOLUME, target: PATHS.packages, readOnly: true },
    ...labelled(ownMounts(wish.own), wish),
  ];
}

function ownMounts(own: OwnPlace | undefined): readonly Mount[] {
  if (own === undefined) return [];
  const target = `${PATHS.packages}/${own.below}`;
  return [{ kind: 'bind', source: own.source, target, readOnly: false }];
}
