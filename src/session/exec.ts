import { isatty } from 'node:tty';
import { agentsOf } from '../plan/agents.ts';
import { CtError } from '../base/errors.ts';
import { PATHS } from '../base/layout.ts';
import type { ExecProcess, ExecSpec, ProcessStreams } from '../engine/engine.ts';
import { withhold } from '../engine/withhold.ts';
import { hostAuthorities } from '../host/authorities.ts';
import { hostEnvironment } from '../host/facts.ts';
import { Terminal } from '../host/terminal.ts';
import { grantEnvironment } from '../secrets/grants.ts';
import { planEnvironment, type EnvironmentWish } from '../sandbox/environment.ts';
import type { SessionContext } from './context.ts';
import type { ClaimedLauncher } from './launcher/claim.ts';
import type { SessionInfo } from './list.ts';
import { Relay } from './relay.ts';
import { forwardSignals } from './signals.ts';
import { userFacts } from './user-environment.ts';

/** A further program in a running session. */
export interface ExecRequest {
  readonly selector: string;
  readonly args: readonly string[];
  /** Where inside; the session's own directory when missing */
  readonly cwd?: string;
}

/**
 * Runs a program in a running session, with the environment that the agent has; resolves to its exit
 * status. A terminal only if both ends are terminals.
 *
 * Errors: failed_precondition when the session does not run
 */
export async function execInSession(
  request: ExecRequest,
  context: SessionContext,
): Promise<number> {
  const terminal = isatty(0) && isatty(1) ? new Terminal() : undefined;
  const isPlain = terminal === undefined && request.cwd === undefined;
  const served = isPlain ? await launched(request, context) : undefined;
  if (served !== undefined) return statusOf(request, context, served, undefined);
  const session = await findRunning(request.selector, context);
  const spec = await execSpec(request, session, context, terminal);
  const engine = await context.engine();
  const started = await engine.exec(session.container, spec);
  const next = isPlain
    ? import('./launcher/next.ts').then((it) => it.prepareLauncherFor(session, context))
    : undefined;
  try {
    return await statusOf(
      request,
      context,
      started,
      terminal && { terminal, resize: started.resize },
    );
  } finally {
    await next;
  }
}

/** Errors: not_found and permission_denied for a program that was never begun */
async function statusOf(
  { args, selector }: ExecRequest,
  { report }: SessionContext,
  program: Followed,
  screen: Screen | undefined,
): Promise<number> {
  const status = await followExec(program, screen);
  const said = program.neverRan();
  if (said === undefined) return status;
  const { notBegun } = await import('./not-begun.ts');
  const error = notBegun({ program: args[0] ?? '', selector, status, said });
  if (error === undefined) {
    // Nobody but the program itself can have said it.
    process.stderr.write(said);
    return status;
  }
  report.verbose(said.trimEnd());
  throw error;
}

/** The program, begun in what the service keeps ready for it; `undefined` when it keeps nothing. */
async function launched(
  { selector, args }: ExecRequest,
  context: SessionContext,
): Promise<Followed | undefined> {
  const { claimLauncher } = await import('./launcher/claim.ts');
  let claiming = Promise.resolve<ClaimedLauncher | undefined>(undefined);
  await new Promise<void>((asked) => {
    claiming = claimLauncher(selector, context, asked);
    void claiming.finally(asked);
  });
  // While the service looks: what is needed in any case.
  const ours = surroundings(context);
  ours.catch(() => undefined);
  const claimed = await claiming;
  if (claimed === undefined) return undefined;
  const { about, process: program, mark } = claimed;
  try {
    const env = await execEnvironment(about, context, false, ours);
    const { canLaunch, launcherWords, launchLines } = await import('./launcher/lines.ts');
    if (canLaunch(env)) {
      program.stdin.write(launchLines(mark, env, args));
      context.report.debug(`a program that waited in session ${about.id} serves this exec`);
      const { streams, said } = withhold(program, launcherWords(args[0] ?? ''));
      return { ...program, ...streams, neverRan: said };
    }
  } catch (thrown) {
    program.close();
    throw thrown;
  }
  program.close();
  return undefined;
}

/** Errors: not_found; failed_precondition */
async function findRunning(selector: string, context: SessionContext): Promise<SessionInfo> {
  const { findSession } = await import('./list.ts');
  const session = await findSession(selector, context);
  if (session.status === 'running') return session;
  const what = `session ${session.id} does not run (${session.status})`;
  throw new CtError('failed_precondition', what, { hint: "'ct ps' lists the sessions that do" });
}

async function execSpec(
  request: ExecRequest,
  session: SessionInfo,
  context: SessionContext,
  terminal: Terminal | undefined,
): Promise<ExecSpec> {
  return {
    args: request.args,
    env: await execEnvironment(session, context, terminal !== undefined),
    cwd: request.cwd ?? session.workdir,
    user: { uid: PATHS.uid, gid: PATHS.gid },
    terminal: terminal !== undefined,
    stdin: true,
    ...(terminal === undefined ? {} : { size: terminal.size() }),
  };
}

/** What an environment has of the host, whatever the session. */
async function surroundings({
  env,
  paths,
}: SessionContext): Promise<Pick<EnvironmentWish, 'authorities' | 'hostEnv'>> {
  return { authorities: await hostAuthorities(env, paths.stateDir), hostEnv: hostEnvironment(env) };
}

/** Errors: not_found when the session's agent is none of this ct's */
async function execEnvironment(
  session: Pick<SessionInfo, 'id' | 'agent' | 'project' | 'secrets'>,
  context: SessionContext,
  terminal: boolean,
  ours = surroundings(context),
): Promise<Readonly<Record<string, string>>> {
  const agent = agentsOf(context.config).get(session.agent);
  if (agent === undefined) {
    throw new CtError(
      'not_found',
      `session ${session.id} runs an agent that this ct does not know`,
      { hint: 'a newer ct started it: use that one' },
    );
  }
  const planned = planEnvironment({
    agent,
    binDir: undefined,
    terminal,
    ...(await ours),
    userEnv: (await userFacts(context, session.project)).env,
  });
  // The session's own stays: it has the agent's directory and that of packages.toml as they were at its start.
  const { PATH: _, ...env } = planned;
  // Where the files are; variables of the agent alone do not come here.
  return { ...env, ...grantEnvironment(session.secrets) };
}

/** What `ct` needs of a program that it follows. */
type Followed = Pick<ExecProcess, keyof ProcessStreams | 'signal' | 'wait' | 'neverRan'>;

/** The user's terminal, and how the one inside gets its size. */
interface Screen {
  readonly terminal: Terminal;
  readonly resize: ExecProcess['resize'];
}

async function followExec(started: Followed, screen: Screen | undefined): Promise<number> {
  const terminal = screen?.terminal;
  const relay = new Relay();
  const release = [
    terminal?.onResize((size) => void screen?.resize(size).catch(() => undefined)),
    forwardSignals({
      forward: (signal) => void started.signal(signal).catch(() => false),
      stop: () => started.signal('SIGTSTP').catch(() => false),
      continue: () => void started.signal('SIGCONT').catch(() => false),
      suspending: () => terminal?.restore(),
      resumed: () => terminal?.makeRaw(),
    }),
  ];
  terminal?.makeRaw();
  try {
    if ((await relay.connect(started)) === 'reader-gone') {
      await started.signal('SIGPIPE');
      started.close();
    }
    return await started.wait();
  } finally {
    relay.close();
    for (const undo of release) undo?.();
    terminal?.restore();
  }
}
