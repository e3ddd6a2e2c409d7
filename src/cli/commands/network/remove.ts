import { NetworkChangeCommand } from '../../change-network.ts';
import { Command, Option } from '../../library.ts';

/** `ct network remove` */
export default class RemoveCommand extends NetworkChangeCommand {
  static override paths = [['network', 'remove']];
  static override rest = '<rule>...';
  static override usage = Command.Usage({
    category: 'Network',
    description: 'Take a rule away',
    details: `
      From whichever list has it, written as \`ct network list\` shows it. Open connections that nothing else
      allows are cut.
    `,
    examples: [['No longer', '$0 network remove example.com']],
  });

  targets = Option.Rest({ name: 'rule' });

  override async run(): Promise<number> {
    return this.change({ op: 'remove', targets: this.targets });
  }
}
