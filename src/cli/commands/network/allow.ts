import { NetworkChangeCommand } from '../../change-network.ts';
import { Command, Option } from '../../library.ts';

/** `ct network allow` */
export default class AllowCommand extends NetworkChangeCommand {
  static override paths = [['network', 'allow']];
  static override rest = '<rule>...';
  static override usage = Command.Usage({
    category: 'Network',
    description: 'Let strict sessions reach a name or an address',
    details: `
      A name (\`example.com\`), everything below one (\`*.example.com\`), an address or a range
      (\`203.0.113.7\`, \`10.20.0.0/16\`), each with a port if it is not one of \`network.ports\`
      (\`github.com:22\`).

      Without \`--session\` the rule is written to the configuration, whose comments stay, and is in force
      at once in every session that runs.
    `,
    examples: [
      ['A name', '$0 network allow example.com'],
      ['Git over ssh, in one session', '$0 network allow github.com:22 --session 3f2a'],
    ],
  });

  targets = Option.Rest({ name: 'rule' });

  override async run(): Promise<number> {
    return this.change({ op: 'allow', targets: this.targets });
  }
}
