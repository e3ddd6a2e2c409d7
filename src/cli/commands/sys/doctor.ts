import { Command, Option } from '../../library.ts';
import { EXIT } from '../../../base/exit.ts';
import { CtError } from '../../../base/errors.ts';
import type { EngineFacts } from '../../../doctor/facts.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/**
 * `ct doctor`, `ct sys doctor`: what is missing for sessions, and what to type; with `--attack`,
 * whether a session holds what is in it.
 */
export default class SysDoctorCommand extends CtCommand {
  static override paths = [['doctor'], ['sys', 'doctor']];
  static override usage = Command.Usage({
    category: 'Setting up',
    description: 'Check whether sessions can run here, and say what to do',
    details: `
      Exits with 1 when something must be cured, with 0 otherwise. Changes nothing, but may start
      the engine's service. As root it checks the host only.

      With \`--attack\` it runs a red team in a throw-away session of the chosen preset and network
      instead, in an empty project of its own, and exits with 1 if an attempt got through or could not
      be judged. The attempts do no harm where they get through: they open and do not write, or write to
      files that were made for it. The list is that of the test suite (docs/threat-model.md).
    `,
    examples: [
      ['Is everything there?', '$0 doctor'],
      ['Does a session hold?', '$0 doctor --attack'],
      ['Does one without a network?', '$0 doctor --attack -n offline'],
    ],
  });

  attack = Option.Boolean('--attack', false, {
    description: 'attack a throw-away session and tell what got through',
  });
  network = Option.String('-n,--network', {
    description: 'with --attack: the network of that session',
  });
  preset = Option.String('--preset', { description: 'with --attack: the preset of that session' });

  json = Option.Boolean('--json', false, { description: 'as JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    if (this.attack) return this.#attack();
    if (this.network !== undefined || this.preset !== undefined) {
      throw new CtError('invalid_argument', '--network and --preset go with --attack', {
        hint: 'type: ct doctor --attack --network offline',
      });
    }
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

  async #attack(): Promise<number> {
    await refuseRoot(this.context.uid, ['doctor', '--attack']);
    const { attack } = await import('../../../attack/run.ts');
    const flags = [
      ...(this.network === undefined ? [] : ['--network', this.network]),
      ...(this.preset === undefined ? [] : ['--preset', this.preset]),
    ];
    const report = await this.withSessions((context) => attack({ flags }, context));
    (await this.openOutput()).attack(report);
    return report.counts.held === report.attempts.length ? EXIT.done : EXIT.answerIsNo;
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
