import { CtCommand } from '../../command.ts';
import { Command, Option } from '../../library.ts';

/** `ct network log` */
export default class LogCommand extends CtCommand {
  static override paths = [['network', 'log']];
  static override usage = Command.Usage({
    category: 'Network',
    description: 'Show what a session asked for, and what came of it',
    details: `
      Of the session that wrote last, or of \`--session\`, which may have ended. One line each: time,
      verdict, name or address with its port, the rule or the reason, and the bytes of a connection that
      has ended. With \`--json\` a JSON object a line.
    `,
    examples: [
      ['As it happens', '$0 network log -f'],
      ['What was denied', '$0 network log --denied'],
      ['What it would have needed', '$0 network log --session 3f2a --rules'],
    ],
  });

  session = Option.String('--session', { description: 'of this session' });
  follow = Option.Boolean('-f,--follow', false, { description: 'go on until the session ends' });
  denied = Option.Boolean('--denied', false, { description: 'only what was denied' });
  rules = Option.Boolean('--rules', false, {
    description: 'instead: the rules that the session would have needed',
  });
  json = Option.Boolean('--json', false, { description: 'as lines of JSON' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const output = await this.openOutput();
    await this.withSessions(async (context) => {
      const log = await import('../../../session/network-log.ts');
      const session = log.loggedSession(this.session, context);
      if (this.rules) {
        const { lessonOf } = await import('../../../session/network-lesson.ts');
        const lesson = await lessonOf(log.readNetworkLog(session, context), context);
        return output.networkLesson(lesson, 'learn');
      }
      const show = (record: Parameters<typeof output.networkRecord>[0]): void => {
        if (!this.denied || record.verdict === 'deny') output.networkRecord(record);
      };
      if (!this.follow) return log.readNetworkLog(session, context).forEach(show);
      const stop = new AbortController();
      return log.followNetworkLog(session, context, show, stop.signal);
    });
    return 0;
  }
}
