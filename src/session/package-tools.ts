import { randomBytes } from 'node:crypto';
import { readTemplate } from '../host/assets.ts';
import { ensureBelow } from '../host/files.ts';
import { ENTRIES } from '../host/generations.ts';
import { withLentFiles } from '../host/lent-files.ts';
import { readNpmSettings } from '../host/npm-settings.ts';
import { readPipSettings } from '../host/pip-settings.ts';
import { hostAuthorities } from '../host/authorities.ts';
import { isSelinuxEnforcing } from '../host/selinux.ts';
import { hostProxies } from '../host/surroundings.ts';
import type { Engine } from '../engine/engine.ts';
import { planPackage, planVerification } from '../plan/package-steps.ts';
import { entryOf, type WantedProgram } from '../plan/packages.ts';
import type { Authorities } from '../sandbox/certificates.ts';
import type { SeccompUse } from '../sandbox/seccomp/use.ts';
import type { SessionContext } from './context.ts';
import type { LongLog } from './long-log.ts';
import { runToEnd, type InstallerEnd } from './run-installer.ts';
import { ensureDefaultSeccomp } from './seccomp.ts';

/** What the containers of one installation of packages share. */
export interface PackageTools {
  readonly context: SessionContext;
  readonly engine: Engine;
  readonly log: LongLog;
  readonly signal: AbortSignal | undefined;
  /** Directory of packages in the volume, on the host */
  readonly root: string;
  /** The image that sessions will run on afterwards */
  readonly imageReference: string;
  readonly seccomp: SeccompUse;
  readonly authorities: Authorities;
  /** How the managers reach their registries, as files */
  readonly settings: Readonly<Record<string, string>>;
}

/** Asks the host how it reaches its registries. */
export async function openPackageTools(
  input: Omit<PackageTools, 'seccomp' | 'authorities' | 'settings'>,
): Promise<PackageTools> {
  const { env, paths } = input.context;
  const [npm, pip] = await Promise.all([readNpmSettings(env), readPipSettings(env)]);
  const proxies = Object.entries(hostProxies(env)).map(([name, value]) => `${name}=${value}\n`);
  return {
    ...input,
    seccomp: await ensureDefaultSeccomp(paths),
    authorities: await hostAuthorities(env, paths.stateDir, npm.caFiles),
    settings: { npmrc: npm.npmrc, 'pip.conf': pip, environment: proxies.join('') },
  };
}

/** Eight hexadecimal digits for one run: its container, its directory. */
export function newRun(): string {
  return randomBytes(4).toString('hex');
}

/** Runs the container that installs one package. */
export async function runPackage(
  wanted: WantedProgram,
  run: string,
  generation: string | undefined,
  tools: PackageTools,
  onLine: (line: string) => void,
): Promise<InstallerEnd> {
  const files = {
    ...tools.settings,
    'install-package.sh': readTemplate('install-package.sh'),
    'newest-for-node.sh': readTemplate('newest-for-node.sh'),
    ...(wanted.manager === 'post_install' ? { command: `${wanted.name}\n` } : {}),
  };
  const ownDir = ensureBelow(tools.root, `${ENTRIES}/${entryOf(wanted, run)}`);
  return lend(files, tools, (lentDir) => {
    const spec = planPackage(wanted, { run, ownDir }, generation, commonOf(tools, lentDir));
    return runToEnd(spec, { ...tools, onLine });
  });
}

/** Runs the container that looks at what there is. */
export async function runVerification(
  asked: { readonly programs: readonly string[]; readonly debian: readonly string[] },
  generation: string,
  tools: PackageTools,
  onLine: (line: string) => void,
): Promise<InstallerEnd> {
  const lines = (words: readonly string[]): string => words.map((word) => `${word}\n`).join('');
  const files = {
    'verify-packages.sh': readTemplate('verify-packages.sh'),
    programs: lines(asked.programs),
    debian: lines(asked.debian),
  };
  return lend(files, tools, (lentDir) => {
    const spec = planVerification(newRun(), generation, commonOf(tools, lentDir));
    return runToEnd(spec, { ...tools, onLine });
  });
}

function lend(
  files: Readonly<Record<string, string>>,
  { context }: PackageTools,
  work: (lentDir: string) => Promise<InstallerEnd>,
): Promise<InstallerEnd> {
  const { runtimeDir } = context.paths;
  return withLentFiles({ runtimeDir, name: `packages-${context.instance()}`, files }, work);
}

function commonOf(tools: PackageTools, lentDir: string) {
  const { context, imageReference, authorities, seccomp } = tools;
  return {
    ...{ imageReference, lentDir, authorities, seccomp },
    relabel: isSelinuxEnforcing(),
    instance: context.instance(),
    owner: context.owner,
    ctVersion: context.ctVersion,
  };
}
