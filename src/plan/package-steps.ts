import { generationBinDir, PATHS, programsDir } from '../base/layout.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import { CA_BUNDLE } from '../sandbox/certificates.ts';
import { planInstaller, type InstallerWish } from './install.ts';
import { entryOf, type WantedProgram } from './packages.ts';

type Common = Omit<InstallerWish, 'name' | 'subject' | 'words' | 'env' | 'network' | 'own'>;

/** Programs of a generation come after those of the system only where the user put none. */
function pathWith(instance: string, generation: string | undefined): string {
  const system = '/usr/local/bin:/usr/bin:/bin';
  return generation === undefined ? system : `${generationBinDir(instance, generation)}:${system}`;
}

/** The container that installs one package into `ownDir`, as the host calls it. Source: templates/install-package.sh */
export function planPackage(
  wanted: WantedProgram,
  { run, ownDir }: { readonly run: string; readonly ownDir: string },
  generation: string | undefined,
  common: Common,
): ContainerSpec {
  const { manager, version } = wanted;
  const below = `${programsDir(common.instance)}/entries/${entryOf(wanted, run)}`;
  const name = manager === 'post_install' ? 'post_install' : wanted.name;
  return planInstaller({
    ...common,
    name: `ct-package-${run}`,
    subject: 'packages',
    words: ['install-package.sh', manager, name, version, `${PATHS.packages}/${below}`],
    env: {
      PATH: pathWith(common.instance, generation),
      PIP_CERT: CA_BUNDLE,
      PIP_NO_CACHE_DIR: '1',
      CARGO_HTTP_CAINFO: CA_BUNDLE,
      CARGO_TERM_COLOR: 'never',
    },
    network: 'host',
    own: { source: ownDir, below },
  });
}

/** The container that looks at what was installed. Source: templates/verify-packages.sh */
export function planVerification(run: string, generation: string, common: Common): ContainerSpec {
  return planInstaller({
    ...common,
    name: `ct-verify-${run}`,
    subject: 'packages',
    words: ['verify-packages.sh'],
    env: { PATH: pathWith(common.instance, generation) },
    network: 'none',
    own: undefined,
  });
}
