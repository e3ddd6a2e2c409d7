import { Command, Option } from '../../library.ts';
import { CtError } from '../../../base/errors.ts';
import { nearestWord } from '../../../base/suggest.ts';
import { CARRIED_KINDS, type CarriedKind } from '../../../carry/items.ts';
import { CtCommand } from '../../command.ts';
import { isTerminal } from '../../context.ts';
import { refuseRoot } from '../../root.ts';

/** `ct agents import`: the user's own configuration of an agent, into its home in ct. */
export default class AgentsImportCommand extends CtCommand {
  static override paths = [['agents', 'import']];
  static override usage = Command.Usage({
    category: 'Agents',
    description: 'Carry your own settings of an agent over, without credentials',
    details: `
      Settings, rules, skills, MCP servers and conversations are copied from your home into the agent's
      home in ct. The list is shown first. Logins, keys and files that look like them stay where they are:
      what was left out is named, and \`ct secrets grant\` gives an agent a key. Links are not followed out
      of the agent's own directories. What the agent has already stays, unless you say \`--replace\`;
      settings in JSON get what they lack.
    `,
    examples: [
      ['Look at the list', '$0 agents import claude --dry-run'],
      [
        'From a script, without conversations',
        '$0 agents import codex --yes --only settings,rules,skills,mcp',
      ],
    ],
  });

  yes = Option.Boolean('-y,--yes', false, { description: 'do not ask' });
  dryRun = Option.Boolean('--dry-run', false, { description: 'show the list and copy nothing' });
  replace = Option.Boolean('--replace', false, { description: 'also over files that are there' });
  only = Option.String('--only', {
    description: 'kinds, by comma: settings, rules, skills, mcp, history',
  });
  from = Option.String('--from', { description: 'another home than yours to take them from' });
  json = Option.Boolean('--json', false, { description: 'the list as JSON' });
  agent = Option.String({ name: 'agent' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    await refuseRoot(this.context.uid, ['agents', 'import', this.agent]);
    const output = await this.openOutput();
    await this.withSessions(async (context) => {
      const { planImport, runImport } = await import('../../../session/import-agent.ts');
      const { paths, report } = context;
      const kinds = kindsOf(this.only);
      const from = this.from ?? paths.home;
      const wish = { agent: this.agent, from, kinds, replace: this.replace };
      const list = planImport(wish, context);
      const count = list.entries.filter(({ action }) => ['copy', 'merge'].includes(action)).length;
      if (this.dryRun || count === 0) return output.imported(list);
      if (!this.yes) {
        // The list is what the question is about; with JSON it would be there twice.
        if (!this.json) output.imported(list);
        await this.agree(count, list.to);
      }
      const done = runImport(wish, context);
      if (this.yes || this.json) output.imported(done);
      report.note(`${filesOf(count)} copied to ${done.to}`);
    });
    return 0;
  }

  private async agree(count: number, home: string): Promise<void> {
    if (!isTerminal(this.context.stdin)) {
      throw new CtError(
        'failed_precondition',
        'nothing was copied: there is no terminal to ask on',
        {
          hint: `type:  ct agents import ${this.agent} --yes`,
        },
      );
    }
    const { askYesNo } = await import('../../../host/prompt.ts');
    if (await askYesNo(`copy ${filesOf(count)} to ${home}?`)) return;
    throw new CtError('canceled', 'nothing was copied');
  }
}

function kindsOf(only: string | undefined): readonly CarriedKind[] {
  if (only === undefined) return CARRIED_KINDS;
  return only.split(',').map((word) => {
    const kind = CARRIED_KINDS.find((known) => known === word.trim());
    if (kind !== undefined) return kind;
    const near = nearestWord(word, CARRIED_KINDS);
    throw new CtError('invalid_argument', `--only: there is no kind '${word}'`, {
      hint: near === undefined ? `kinds: ${CARRIED_KINDS.join(', ')}` : `did you mean '${near}'?`,
    });
  });
}

function filesOf(count: number): string {
  return count === 1 ? '1 file' : `${count} files`;
}
