import { CtError } from '../base/errors.ts';
import type { ChangeScope, NetworkChange } from '../session/network-change.ts';
import type { NetworkWish } from '../session/network-edit.ts';
import { CtCommand } from './command.ts';
import { Option } from './library.ts';

/** What `ct network allow`, `block`, `remove` and `clear` share. */
export abstract class NetworkChangeCommand extends CtCommand {
  session = Option.String('--session', {
    description: 'only this running session, and only until it ends',
  });
  save = Option.Boolean('--save', false, {
    description: 'with --session: into the configuration as well',
  });
  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  protected async change(wish: NetworkWish): Promise<number> {
    if (wish.op !== 'clear' && wish.targets.length === 0) {
      throw new CtError('invalid_argument', `ct network ${wish.op}: say which names or addresses`, {
        hint: `for example:  ct network ${wish.op} example.com`,
      });
    }
    const scope: ChangeScope = { session: this.session, save: this.save };
    const change = await this.withSessions(async (context) => {
      const { changeNetwork } = await import('../session/network-change.ts');
      return changeNetwork(wish, scope, context);
    });
    (await this.openOutput()).networkChanged(change);
    return failedIn(change) ? 2 : 0;
  }
}

/** Whether a session did not get the change. */
function failedIn({ sessions }: NetworkChange): boolean {
  return sessions.some((one) => 'error' in one);
}
