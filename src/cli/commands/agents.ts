import { Command, Option } from '../library.ts';
import { CATALOGUE } from '../../agents/catalogue.ts';
import { CtCommand } from '../command.ts';

/** `ct agents`: what `ct run` can run. */
export default class AgentsCommand extends CtCommand {
  static override paths = [['agents']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'List the agents that ct knows',
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    (await this.openOutput()).agents([...CATALOGUE.values()]);
    return 0;
  }
}
