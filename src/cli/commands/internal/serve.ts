import { Option } from '../../library.ts';
import { CtCommand } from '../../command.ts';

/**
 * `ct internal serve`: the process that serves the networks of detached sessions. Started by ct itself;
 * it has no usage text, so that help does not list it.
 */
export default class InternalServeCommand extends CtCommand {
  static override paths = [['internal', 'serve']];

  stay = Option.Boolean('--stay', false);

  override async run(): Promise<number> {
    const { serveNetworks } = await import('../../../session/serve.ts');
    await serveNetworks(this.context.env, this.context.uid, { stay: this.stay });
    return 0;
  }
}
