import { CtError } from '../../base/errors.ts';
import { PATHS } from '../../base/layout.ts';
import type { Engine, ExecProcess } from '../../engine/engine.ts';
import { observe, observingHost } from '../../host/observe.ts';
import { readStat } from '../../host/process.ts';
import { Terminal } from '../../host/terminal.ts';
import type { SessionPlan } from '../../plan/plan.ts';
import { asWarm } from '../../plan/warm.ts';
import type { ObservedSandbox } from '../../sandbox/observed.ts';
import { verifySandbox } from '../../sandbox/verify/verify.ts';
import type { SessionContext } from '../context.ts';
import { reachGate, type Gate } from '../gate.ts';
import { checkProject } from '../project.ts';
import { notAsPlanned, verifyAttached, withoutUplink } from '../verify-launch.ts';
import type { WarmSession } from './wish.ts';

/** A program of a run in a warm session, which waits at a gate of its own. */
export interface Entered {
  readonly process: ExecProcess;
  /** Its host pid */
  readonly pid: number;
  readonly gate: Gate;
  readonly terminal: Terminal | undefined;
}

/**
 * Brings a run into a warm session as far as a cold one comes: verified from outside against the plan, first the
 * session as it is now, then the very process that will become the agent, which waits at its gate with no secret.
 *
 * Errors: failed_precondition when something is not as planned; not_found when the session has ended; those of the
 * engine. Nothing of the agent has run then
 */
export async function enterWarm(
  { id, pid, session, startTicks }: WarmSession,
  plan: SessionPlan,
  engine: Engine,
  { owner }: Pick<SessionContext, 'owner'>,
): Promise<Entered> {
  const whole = asWarm(plan, { session, owner });
  if (readStat(pid)?.startTicks !== startTicks) throw new CtError('not_found', 'it has ended');
  checkProject({ plan: whole, pid });
  verifyAttached(whole, pid);
  const { sandbox } = plan.container;
  const terminal = sandbox.terminal ? new Terminal() : undefined;
  const process = await engine.exec(id, {
    args: [PATHS.entry, ...plan.command],
    env: sandbox.env,
    cwd: sandbox.cwd,
    user: sandbox.user,
    terminal: sandbox.terminal,
    stdin: true,
    ...(terminal === undefined ? {} : { size: terminal.size() }),
  });
  const entered = await process.pid();
  const gate = entered === 0 ? undefined : await reachGate(entered);
  if (gate === undefined)
    throw new CtError('failed_precondition', 'the run did not come to its gate');
  try {
    verifyEntered(plan, entered, pid);
  } catch (thrown) {
    gate.abandon();
    throw thrown;
  }
  return { process, pid: entered, gate, terminal };
}

/** As `verifyAttached`, of a process that came later: in the very namespaces of PID 1, and confined as that is. */
function verifyEntered(plan: SessionPlan, pid: number, init: number): void {
  const seen = withoutUplink(plan, observe(pid));
  const args = [SHELL, PATHS.entry, ...plan.command];
  const spec = { ...plan.container.sandbox, args };
  const differences = [
    ...verifySandbox(spec, { ...seen, files: withoutScript(seen.files) }, observingHost()),
    ...Object.entries(observe(init).namespaces).flatMap(([kind, planned]) => {
      const found = seen.namespaces[kind] ?? 'none';
      return found === planned ? [] : [{ what: `${kind} namespace`, planned, seen: found }];
    }),
  ];
  if (differences.length > 0) throw notAsPlanned(differences);
}

/** What the entry script names in its first line: it is a process of its own here, not yet the agent. */
const SHELL = '/bin/sh';

/** Where a shell keeps what it has put aside. Source: dash(1) and POSIX "Redirection": files of the user's are below */
const FIRST_ASIDE = 10;

/**
 * The files that the agent will have: the shell reads its script from one, and while it reads the gate as standard
 * input, the real one is put aside. All else stays, and is a difference.
 */
export function withoutScript(files: ObservedSandbox['files']): ObservedSandbox['files'] {
  const left = new Map([...files].filter(([fd, target]) => fd <= 2 || target !== PATHS.entry));
  const [aside] = [...left.keys()].filter((fd) => fd >= FIRST_ASIDE);
  if (left.get(0) !== PATHS.gate || aside === undefined) return left;
  left.set(0, left.get(aside) ?? '');
  left.delete(aside);
  return left;
}
