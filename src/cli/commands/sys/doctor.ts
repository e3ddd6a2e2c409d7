import { Command, Option } from '../../library.ts';
import { EXIT } from '../../../base/exit.ts';
import { CtError } from '../../../base/errors.ts';
import type { EngineFacts } from '../../../doctor/facts.ts';
import { CtCommand } from '../../command.ts';

/** `ct sys doctor`: what is missing for sessions, and what to type. */
export default class SysDoctorCommand extends CtCommand {
  static override paths = [['sys', 'doctor']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Check whether sessions can run here, and say what to do',
    details: `
      Exits with 1 when something must be cured, with 0 otherwise. Changes nothing, but may start
      the engine's service. As root it checks the host only.
    `,
  });

  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const [{ examine }, { probeHost }] = await Promise.all([
      import('../../../doctor/examine.ts'),
      import('../../../doctor/probe.ts'),
    ]);
    const { env, uid } = this.context;
    const engine = await this.#askEngine();
    const storagePaths = [env['XDG_DATA_HOME'] ?? `${env['HOME'] ?? ''}/.local/share`];
    const report = examine(await probeHost({ env, uid, storagePaths, engine }));
    (await this.openOutput()).doctor(report);
    return report.counts.fail > 0 ? EXIT.answerIsNo : EXIT.done;
  }

  /** Everything on the way to the engine may be broken: that is what the doctor is for. */
  async #askEngine(): Promise<EngineFacts> {
    if (this.context.uid === 0) return { state: 'skipped', why: 'root runs no sessions' };
    const { askEngine } = await import('../../../doctor/ask-engine.ts');
    try {
      return await this.withSessions((context) => askEngine(() => context.engine()));
    } catch (thrown) {
      return { state: 'failed', error: CtError.from(thrown) };
    }
  }
}
