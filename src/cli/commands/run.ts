import { Command, Option } from '../library.ts';
import type { RunOptions } from '../../plan/options.ts';
import { canMove } from '../colour.ts';
import { CtCommand } from '../command.ts';
import { isTerminal } from '../context.ts';
import { parseLimitOptions } from '../options/limits.ts';
import { parseNetworkMode } from '../options/network.ts';
import { parsePublished } from '../options/publish.ts';
import { parseTiming } from '../options/timing.ts';
import { dropSeparator } from '../options/words.ts';

/** `ct run`: an agent in a session of its own, in this directory. */
export default class RunCommand extends CtCommand {
  static override paths = [['run']];
  static override rest = '[arguments]';
  static override usage = Command.Usage({
    category: 'Sessions',
    description: 'Run an agent in this directory',
    details: `
      The current directory is the project: the agent sees it at \`/projects/<name>\` and may change it.
      Options of ct come before the agent's name; everything after the name goes to the agent as it
      is, but for one leading \`--\`.

      The exit status is the agent's own, 128 + n if signal n ended it, and 125 if ct failed.
      Standard output carries nothing but the agent's.
    `,
    examples: [
      ['Talk to Gemini about this directory', '$0 run gemini'],
      ['Pipe a prompt in', 'echo hello | $0 run gemini'],
      ['Without a network', '$0 run -n offline shell'],
      ['With a browser that keeps its own sandbox', '$0 run --seccomp browser gemini'],
      ['Find out which system call a program misses', '$0 run --explain-denials shell -c ./it'],
      ['Let it change the editor settings', '$0 run --writable .vscode gemini'],
      [
        'With one gigabyte of memory and no network',
        '$0 run --preset locked -n offline -m 1GiB shell',
      ],
      ['See where the time goes', '$0 run --timing shell -c true'],
      ['See what would be done, without doing it', '$0 run --dry-run gemini'],
    ],
  });

  network = Option.String('-n,--network', {
    description: 'strict, permissive or offline, for this run',
  });
  publish = Option.Array('-p,--publish', {
    description: 'a port of the host that leads inside: [address:]port:port',
  });
  preset = Option.String('--preset', {
    description: 'locked, hardened, standard or compat, for this run',
  });
  memory = Option.String('-m,--memory', { description: 'limit, such as 4GiB' });
  cpus = Option.String('--cpus', { description: 'limit, such as 1.5' });
  pidsLimit = Option.String('--pids-limit', { description: 'limit of processes and threads' });
  detach = Option.Boolean('-d,--detach', false, {
    description: 'start it, print its id and leave it running',
  });
  provider = Option.String('--provider', {
    description: "who serves Claude Code's models, for this run: see 'ct cc'",
  });
  dryRun = Option.Boolean('--dry-run', false, {
    description: 'print the plan as JSON and start nothing',
  });
  seccomp = Option.String('--seccomp', {
    description:
      "which system calls may be used: strict, default, browser, nested, debug, or a file's path",
  });
  explainDenials = Option.Boolean('--explain-denials', false, {
    description: 'name the system calls that were refused, when it ends',
  });
  writable = Option.Array('--writable', [], {
    description: 'a protected path that this run may write to, such as .vscode; can be repeated',
  });
  visible = Option.Array('--visible', [], {
    description: 'a hidden file that this run may read, such as .env; can be repeated',
  });
  review = Option.Boolean('--review', {
    description: 'report at the end what the host may execute (--no-review: do not)',
  });
  timing = Option.String('--timing', {
    tolerateBoolean: true,
    description: 'say at the end where the time went; --timing=json for programs',
  });
  json = Option.Boolean('--json', false, { description: 'errors of ct as JSON' });
  agent = Option.String({ name: 'agent' });
  args = Option.Proxy({ name: 'args' });

  protected override get wantsJson(): boolean {
    return this.json;
  }

  override async run(): Promise<number> {
    const options: RunOptions = {
      agent: this.agent,
      args: dropSeparator(this.args),
      detach: this.detach,
      network: parseNetworkMode(this.network),
      ...(this.provider === undefined ? {} : { provider: this.provider }),
      published: parsePublished(this.publish),
      ...(this.seccomp === undefined ? {} : { seccomp: this.seccomp }),
      explainDenials: this.explainDenials,
      writable: this.writable,
      visible: this.visible,
      ...(this.review === undefined ? {} : { review: this.review }),
      preset: this.preset,
      limits: parseLimitOptions(this),
    };
    const { performRun } = await import('../perform-run.ts');
    const { env, uid, stdout, stderr } = this.context;
    const isRead = isTerminal(stderr) && canMove(env) && !this.json;
    const words = ['run', this.agent, ...this.args];
    return performRun(
      { options, dryRun: this.dryRun, timing: parseTiming(this.timing), words },
      {
        env: this.env,
        uid,
        stdout,
        stderr,
        report: this.openReport(),
        terminal: isRead ? stderr : undefined,
      },
    );
  }
}
