import { Command, Option } from '../../library.ts';
import { CtError } from '../../../base/errors.ts';
import { CtCommand } from '../../command.ts';
import { refuseRoot } from '../../root.ts';

/** `ct sys agents-md`: the user's own rules for agents, in all projects. */
export default class AgentsMdCommand extends CtCommand {
  static override paths = [['sys', 'agents-md']];
  static override rest = '[agent]...';
  static override usage = Command.Usage({
    category: 'Agents',
    description: 'Your rules for agents in all projects: CLAUDE.md, GEMINI.md, AGENTS.md',
    details: `
      Alone it lists the files: each agent has its own, in its own home. With agents' names, or
      \`--all\`, it opens them in your editor (\`VISUAL\`, \`EDITOR\`); with \`--set\` it gives them the text
      of a file, or of standard input, without an editor. A file is replaced whole or not at all.

      A new home begins with a text that tells the agent about the sandbox; it is yours to change or
      take away.
    `,
    examples: [
      ['Which files are there?', '$0 sys agents-md'],
      ['Edit the rules of Claude Code', '$0 sys agents-md claude'],
      ['Give all agents the same rules', '$0 sys agents-md --all --set ~/RULES.md'],
      ['From a script', 'generate-rules | $0 sys agents-md gemini --set -'],
    ],
  });

  all = Option.Boolean('--all', false, { description: 'every agent that reads such a file' });
  set = Option.String('--set', {
    description: 'the text of this file instead of an editor; - is standard input',
  });
  json = Option.Boolean('--json', false, { description: 'as JSON' });
  names = Option.Rest({ name: 'agent' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const { all, names, set } = this;
    if (all && names.length > 0) throw usage('names agents, or --all, not both');
    if (set !== undefined && !all && names.length === 0) throw usage('--set: for which agents?');
    await refuseRoot(this.context.uid, ['sys', 'agents-md', ...names]);
    const output = await this.openOutput();
    const which = all ? 'all' : names;
    await this.withSessions(async (context) => {
      const { editRules, listRules, setRules } = await import('../../../session/rules-files.ts');
      if (which.length === 0) return output.rules(listRules(context));
      if (set === undefined) return output.rules(await editRules(which, context));
      const { readInputText } = await import('../../read-value.ts');
      return output.rules(setRules(which, await readInputText(set), context));
    });
    return 0;
  }
}

function usage(what: string): CtError {
  return new CtError('invalid_argument', `ct sys agents-md: ${what}`, {
    hint: 'for example:  ct sys agents-md claude   or   ct sys agents-md --all --set FILE',
  });
}
