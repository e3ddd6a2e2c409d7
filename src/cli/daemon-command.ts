import type { DaemonContext } from '../session/daemon.ts';
import { CtCommand } from './command.ts';
import { refuseRoot } from './root.ts';

/** What the commands about the user's service share: they need neither configuration nor engine. */
export abstract class DaemonCommand extends CtCommand {
  /** Does it, on the service of this account; resolves to the exit status. */
  protected abstract act(context: DaemonContext): Promise<number>;

  override async run(): Promise<number> {
    const { env, uid } = this.context;
    await refuseRoot(uid, [...this.path]);
    const { resolvePaths } = await import('../host/paths.ts');
    return this.act({ env, paths: resolvePaths(env, uid), report: this.openReport() });
  }
}
