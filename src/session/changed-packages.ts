import { CtError } from '../base/errors.ts';
import { readConfigFile } from '../host/config-file.ts';
import { sha256 } from '../image/base.ts';
import type { SessionContext } from './context.ts';
import { readInstalled } from './package-state.ts';

/** Says when packages.toml is not what was installed: a run installs nothing of it. */
export function tellChangedPackages({ env, paths, report }: SessionContext): void {
  try {
    const file = readConfigFile(env, process.getuid?.() ?? 0, 'packages.toml');
    const wish = file === undefined ? '' : sha256(file.text);
    if (wish === readInstalled(paths.stateDir).wish) return;
    report.note("packages.toml has changed: 'ct sys packages --install' makes it so");
  } catch (thrown) {
    report.warn(`packages.toml is not used: ${CtError.from(thrown).message}`);
  }
}
