import { NetworkChangeCommand } from '../../change-network.ts';
import { Command, Option } from '../../library.ts';

/** `ct network block` */
export default class BlockCommand extends NetworkChangeCommand {
  static override paths = [['network', 'block']];
  static override rest = '<rule>...';
  static override usage = Command.Usage({
    category: 'Network',
    description: 'Keep every session from a name or an address',
    details: `
      Written as for \`ct network allow\`; without a port it holds for all of them. What is blocked stays
      blocked, whatever allows it. Open connections to it are cut.
    `,
    examples: [['A part of something that is allowed', '$0 network block telemetry.example.com']],
  });

  targets = Option.Rest({ name: 'rule' });

  override async run(): Promise<number> {
    return this.change({ op: 'block', targets: this.targets });
  }
}
