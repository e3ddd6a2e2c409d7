import { CtError } from '../../../base/errors.ts';
import { NetworkChangeCommand } from '../../change-network.ts';
import { Command, Option } from '../../library.ts';

/** `ct network clear` */
export default class ClearCommand extends NetworkChangeCommand {
  static override paths = [['network', 'clear']];
  static override usage = Command.Usage({
    category: 'Network',
    description: 'Empty the lists of what is allowed and blocked',
    details: `
      Takes away every rule of yours. What agents and package registries bring along stays; see
      \`network.agent_domains\` and \`network.registries\` for those.
    `,
    examples: [['All of them', '$0 network clear --yes']],
  });

  yes = Option.Boolean('--yes', false, { description: 'really' });

  override async run(): Promise<number> {
    if (this.yes) return this.change({ op: 'clear', targets: [] });
    throw new CtError('invalid_argument', 'ct network clear: this takes every rule of yours away', {
      hint: "if that is meant:  ct network clear --yes     ('ct network list' shows them)",
    });
  }
}
