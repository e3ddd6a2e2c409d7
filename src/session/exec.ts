import { agentsOf } from '../plan/agents.ts';
import { CtError } from '../base/errors.ts';
import { PATHS, packageBinDir } from '../base/layout.ts';
import type { ExecProcess, ExecSpec } from '../engine/engine.ts';
import { hostAuthorities } from '../host/authorities.ts';
import { hostEnvironment } from '../host/facts.ts';
import { Terminal } from '../host/terminal.ts';
import { grantEnvironment } from '../secrets/grants.ts';
import { planEnvironment } from '../sandbox/environment.ts';
import type { SessionContext } from './context.ts';
import { findSession, type SessionInfo } from './list.ts';
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
  const session = await findSession(request.selector, context);
  if (session.status !== 'running') {
    throw new CtError(
      'failed_precondition',
      `session ${session.id} does not run (${session.status})`,
      {
        hint: "'ct ps' lists the sessions that do",
      },
    );
  }
  const engine = await context.engine();
  const terminal =
    process.stdin.isTTY === true && process.stdout.isTTY === true ? new Terminal() : undefined;
  const started = await engine.exec(
    session.container,
    await execSpec(request, session, context, terminal),
  );
  return followExec(started, terminal);
}

async function execSpec(
  request: ExecRequest,
  session: SessionInfo,
  context: SessionContext,
  terminal: Terminal | undefined,
): Promise<ExecSpec> {
  const agent = agentsOf(context.config).get(session.agent);
  if (agent === undefined) {
    throw new CtError(
      'not_found',
      `session ${session.id} runs an agent that this ct does not know`,
      {
        hint: 'a newer ct started it: use that one',
      },
    );
  }
  return {
    args: request.args,
    env: {
      ...planEnvironment({
        agent,
        binDir: agent.install.kind === 'none' ? undefined : packageBinDir(agent.name),
        terminal: terminal !== undefined,
        authorities: await hostAuthorities(context.env, context.paths.stateDir),
        hostEnv: hostEnvironment(context.env),
        userEnv: (await userFacts(context, session.project)).env,
      }),
      // Where the files are; variables of the agent alone do not come here.
      ...grantEnvironment(session.secrets),
    },
    cwd: request.cwd ?? session.workdir,
    user: { uid: PATHS.uid, gid: PATHS.gid },
    terminal: terminal !== undefined,
    stdin: true,
    ...(terminal === undefined ? {} : { size: terminal.size() }),
  };
}

async function followExec(started: ExecProcess, terminal: Terminal | undefined): Promise<number> {
  const relay = new Relay();
  const release = [
    terminal?.onResize((size) => void started.resize(size).catch(() => undefined)),
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
