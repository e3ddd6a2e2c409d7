import { CtCommand } from '../../command.ts';
import { loadConfig } from '../../load-config.ts';

/**
 * `ct internal daemon`: the user's service. Started by `ct daemon start`, systemd or launchd; it has no
 * usage text, so that help does not list it.
 */
export default class InternalDaemonCommand extends CtCommand {
  static override paths = [['internal', 'daemon']];

  override async run(): Promise<number> {
    const { env, uid } = this.context;
    const { daemon } = await loadConfig(env, uid);
    const { runDaemon } = await import('../../../daemon/run.ts');
    await runDaemon(env, uid, { idleMs: daemon.idle_exit * 1000 });
    return 0;
  }
}
