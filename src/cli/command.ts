import { Command, Option, type CommandClass } from './library.ts';
import type { Report } from '../base/report.ts';
import type { SessionContext } from '../session/context.ts';
import { canMove } from './colour.ts';
import { isTerminal, type CtContext } from './context.ts';
import { fail, passesStatus } from './fail.ts';
import type { Output } from './output/output.ts';
import { createReport } from './output/report.ts';

/** A command class, as the table loads it. */
export type CtCommandClass = CommandClass<CtContext> &
  (new () => CtCommand) & { readonly rest: string };

/**
 * What all commands share: verbosity, the report on stderr, the session context, and the one place
 * where anything thrown becomes a message and an exit status.
 */
export abstract class CtCommand extends Command<CtContext> {
  /** What its usage line says for words of any number, whose names the library drops: `<session>...` */
  static rest = '...';

  verbosity = Option.Counter('-v,--verbose', 0, {
    description: 'say more on stderr; twice for every step',
  });

  engine = Option.String('--engine', {
    description: 'podman or containerd, instead of what the configuration says',
  });

  /** Flags to options, one call, output; resolves to the exit status. */
  abstract run(): Promise<number>;

  /** Whether results and errors are JSON. */
  protected get wantsJson(): boolean {
    return false;
  }

  /** Whether it works with what is right in a faulty configuration: sessions can be seen and ended then. */
  protected get isTolerant(): boolean {
    return false;
  }

  override execute(): Promise<number> {
    return this.run();
  }

  // Not `catch()`: clipanion takes a catch that returns for success and exits with 0.
  override async validateAndExecute(): Promise<number> {
    try {
      return await this.run();
    } catch (thrown) {
      const face = {
        json: this.wantsJson,
        passesStatus: passesStatus(this.path[0]),
        trace: this.verbosity > 1,
      };
      return fail(thrown, this.context.stderr, face);
    }
  }

  /** Where progress and warnings go. */
  protected openReport(): Report {
    const { env, stderr } = this.context;
    return createReport({
      stderr,
      isTerminal: isTerminal(stderr) && canMove(env) && !this.wantsJson,
      verbosity: this.verbosity,
    });
  }

  /** Where results go. */
  protected async openOutput(): Promise<Output> {
    const { stdout } = this.context;
    if (this.wantsJson) return (await import('./output/json.ts')).jsonOutput(stdout);
    return (await import('./output/text.ts')).textOutput(stdout);
  }

  /** Runs `work` with the configuration read and the engine at hand, and closes both afterwards. */
  protected async withSessions<T>(work: (context: SessionContext) => Promise<T>): Promise<T> {
    const { withSessions } = await import('./with-sessions.ts');
    const { uid } = this.context;
    const { isTolerant } = this;
    return withSessions({ env: this.env, uid, report: this.openReport(), isTolerant }, work);
  }

  /** The environment, with what options set in it. */
  protected get env(): NodeJS.ProcessEnv {
    const { env } = this.context;
    return this.engine === undefined ? env : { ...env, CT_ENGINE: this.engine };
  }
}
