/**
 * Where things are inside a session: the contract between the image, the entry script, the installer
 * and the plan.
 */
export const PATHS = {
  /** The agent's account; keep-id makes it the caller outside */
  uid: 1000,
  gid: 1000,
  user: 'ct',
  hostname: 'ct',
  home: '/home/ct',
  projects: '/projects',
  /** Packages volume, read-only in sessions */
  packages: '/opt/ct/packages',
  /** PID 1: reaps orphans and passes signals on */
  init: '/usr/bin/catatonit',
  /** Waits at the gate, then becomes the agent */
  entry: '/usr/libexec/ct/entry',
  /** Waits in a running session for the program that `ct exec` has it become */
  launcher: '/usr/libexec/ct/launcher',
  /** Private tmpfs of the gate */
  runDir: '/run/ct',
  gate: '/run/ct/gate',
  /** The user's global git ignore rules, if he has any */
  gitIgnore: '/run/git-ignore',
  /** Private tmpfs of secrets that are files */
  secretsDir: '/run/secrets',
} as const;

/** Name of the volume that holds installed agents. */
export const PACKAGES_VOLUME = 'ct-packages';

/** Directory inside with an agent's programs; `current` is a link that the installer swaps. */
export function packageBinDir(agentName: string): string {
  return `${PATHS.packages}/${agentName}/current/bin`;
}

/**
 * Below the packages volume: what packages.toml asked for. Each installation of ct has its own, since they
 * may share the volume and each removes what it doesn't use. No agent's name begins with a dot.
 */
export function programsDir(instance: string): string {
  return `.packages-${instance.slice(0, 12)}`;
}

/** Directory inside with the programs of one generation. */
export function generationBinDir(instance: string, generation: string): string {
  return `${PATHS.packages}/${programsDir(instance)}/generations/${generation}/bin`;
}
