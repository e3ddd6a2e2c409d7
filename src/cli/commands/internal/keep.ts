import { Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';

/**
 * `ct internal keep`: the process that reads what detached sessions write, on an engine that does not.
 * Started by ct itself; it has no usage text, so that help does not list it.
 */
export default class InternalKeepCommand extends CtCommand {
  static override paths = [['internal', 'keep']];

  idleTimeout = Option.String('--idle-timeout', '300');

  override async run(): Promise<number> {
    const { keepSessions } = await import('../../../session/keep.ts');
    await keepSessions(this.context.env, this.context.uid, Number(this.idleTimeout));
    return 0;
  }
}
