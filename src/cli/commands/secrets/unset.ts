import { Command, Option } from '../../library.ts';
import { CtError } from '../../../base/errors.ts';
import { checkedName } from '../../../secrets/names.ts';
import { CtCommand } from '../../command.ts';

/** `ct secrets unset`: take a value out of the secrets file. */
export default class SecretsUnsetCommand extends CtCommand {
  static override paths = [['secrets', 'unset']];
  static override usage = Command.Usage({
    category: 'Secrets',
    description: 'Remove a stored secret',
    details:
      'Running sessions keep what they have; other sources (`ct secrets show-sources`) stay.',
    examples: [['No longer', '$0 secrets unset GEMINI_API_KEY']],
  });

  name = Option.String({ name: 'name' });

  override async run(): Promise<number> {
    const name = checkedName(this.name);
    await this.withSessions(async (context) => {
      const { changeStore } = await import('../../../broker/store.ts');
      if ((await changeStore(name, undefined, context.paths)) === 'absent') {
        throw new CtError('not_found', `${name} is not stored`, {
          hint: `'ct secrets show-sources ${name}' shows where else it is`,
        });
      }
      context.report.note(`${name} removed`);
    });
    return 0;
  }
}
