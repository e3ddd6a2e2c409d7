import { hostname } from 'node:os';
import { CtError } from '../base/errors.ts';
import type { Engine } from '../engine/engine.ts';
import { readTemplate } from '../host/assets.ts';
import { ownProgram } from '../host/own-program.ts';
import { LABEL } from '../plan/labels.ts';
import { interruptible } from '../session/interrupt.ts';
import type { SessionContext } from '../session/context.ts';
import { lookAfter, lookBefore } from './aftermath.ts';
import type { Attempt, AttackReport, Stage, Target, Vars } from './attempt.ts';
import { layBait, type Bait } from './bait.ts';
import { reasonToLeave, report } from './judge.ts';
import { ATTEMPTS } from './list.ts';
import { openListeners, type Listeners } from './listeners.ts';
import { LOOKS } from './looks.ts';
import { PROGRAM_PARTS, renderProgram } from './program.ts';
import { targetOf } from './target.ts';
import { runCt, startExec, startVictim, type Launcher, type Victim } from './victim.ts';

/** What to attack. */
export interface AttackOptions {
  /** Options of `ct run` that choose preset and network, as the user gave them */
  readonly flags: readonly string[];
}

/** How long the red team may take in one session, `ms`; it takes about five seconds */
const READY_DEADLINE_MS = 90_000;
/** A session that is told to end has to be gone after this, `ms`, whatever lies in its project */
const END_DEADLINE_MS = 20_000;

/**
 * Attacks a throw-away session: bait and listeners are laid out, a real `ct run` starts the red team in
 * it, `ct exec` a second one beside it, ct looks at both from outside, and the host is compared with
 * what it was.
 *
 * Errors: failed_precondition when the session does not start; canceled
 */
export async function attack(
  options: AttackOptions,
  context: SessionContext,
): Promise<AttackReport> {
  const began = performance.now();
  const engine = await context.engine();
  const interrupt = interruptible();
  const bait = layBait(context.paths.home);
  let listeners: Listeners | undefined;
  try {
    listeners = await openListeners();
    const launcher = launcherFor(options, bait, context);
    const target = await targetOf(launcher);
    const seen = await attackSession(
      { bait, listeners, launcher, target, engine, context },
      interrupt.signal,
    );
    return report(ATTEMPTS, target, seen, Math.round(performance.now() - began));
  } finally {
    await listeners?.close();
    bait.remove();
    interrupt.release();
  }
}

interface Scene {
  readonly bait: Bait;
  readonly listeners: Listeners;
  readonly launcher: Launcher;
  readonly target: Target;
  readonly engine: Engine;
  readonly context: SessionContext;
}

/** One session from start to end; resolves to what was seen, by id of the attempt. */
async function attackSession(
  scene: Scene,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const { bait, engine, launcher, target, listeners } = scene;
  const info = await engine.info();
  const before = lookBefore(bait, [info.ociRuntime.path]);
  const vars = varsOf(scene, info.address);
  const program = (stage: Stage): string =>
    renderProgram(PROGRAM_PARTS.map(readTemplate), attemptsOf(stage, target), vars);
  const victim = startVictim(launcher, program('agent'));
  try {
    await readyInTime(victim, signal);
    const { session, pid } = await findSession(bait.project, engine);
    const seenByExec = await attackByExec(launcher, session, program('exec'), signal);
    const listed = await runCt(launcher, ['ps'], 20_000);
    const seenOutside = new Map(
      Object.entries(LOOKS).map(([name, look]) => [name, look(pid)] as const),
    );
    const ended = await victim.finish(END_DEADLINE_MS);
    const after = lookAfter(bait, before, {
      texts: [ended?.stderr ?? '', seenByExec.stderr, listed.stdout, listed.stderr],
      ended: ended !== undefined,
      visitors: listeners.visitors(),
    });
    const looks = new Map([...seenOutside, ...Object.entries(after)]);
    return new Map([...victim.seen, ...seenByExec.seen, ...seenFromOutside(looks)]);
  } finally {
    victim.kill();
  }
}

function attemptsOf(stage: Stage, target: Target): readonly Attempt[] {
  return ATTEMPTS.filter(
    (attempt) => attempt.stage === stage && reasonToLeave(attempt, target) === undefined,
  );
}

/** Answers of the stage `outside`: each attempt names its look. */
function seenFromOutside(
  looks: ReadonlyMap<string, string>,
): readonly (readonly [string, string])[] {
  return ATTEMPTS.filter(({ stage }) => stage === 'outside').map(({ id, run }) => [
    id,
    looks.get(run[0] ?? '') ?? 'unknown: nobody looked',
  ]);
}

/** Attempts beside the agent, and the trap of the agent's: a script that is run by its own starter. */
async function attackByExec(
  launcher: Launcher,
  session: string,
  program: string,
  signal: AbortSignal,
): Promise<{ readonly seen: ReadonlyMap<string, string>; readonly stderr: string }> {
  const exec = startExec(launcher, session, program);
  try {
    await readyInTime(exec, signal);
    const ended = await exec.finish(END_DEADLINE_MS);
    const trap = await runCt(launcher, ['exec', session, '--', '/tmp/ct-attack-self'], 20_000);
    return { seen: exec.seen, stderr: `${ended?.stderr ?? ''}${trap.stderr}` };
  } finally {
    exec.kill();
  }
}

async function readyInTime(victim: Victim, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const fail = (error: unknown): void => reject(CtError.from(error));
    timer = setTimeout(
      () => fail(new CtError('deadline_exceeded', 'the red team did not end in time')),
      READY_DEADLINE_MS,
    );
    signal.addEventListener('abort', () => fail(signal.reason), { once: true });
  });
  late.catch(() => undefined);
  try {
    await Promise.race([victim.ready, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The session of a project, as the engine knows it. */
async function findSession(
  project: string,
  engine: Engine,
): Promise<{ readonly session: string; readonly pid: number }> {
  const [container] = await engine.list([`${LABEL.project}=${project}`, `${LABEL.kind}=session`]);
  const session = container?.labels[LABEL.session];
  if (container === undefined || session === undefined) {
    throw new CtError('internal', 'the session to attack runs and the engine does not list it');
  }
  return { session, pid: (await engine.inspect(container.id)).pid };
}

/** Variables that a user's shell often has, with a value that can be looked for. */
function launcherFor(options: AttackOptions, bait: Bait, context: SessionContext): Launcher {
  const tokens = ['GH_TOKEN', 'AWS_SECRET_ACCESS_KEY', 'CT_ATTACK_API_KEY'];
  return {
    self: ownProgram(),
    // Fewer than any preset has: reaching them costs the host little.
    flags: [...options.flags, '--pids-limit', '256'],
    cwd: bait.project,
    env: { ...context.env, ...Object.fromEntries(tokens.map((name) => [name, bait.needle])) },
  };
}

function varsOf({ bait, listeners, target, context }: Scene, engineAddress: string): Vars {
  const backwards = (text: string): string => [...text].reverse().join('');
  const socket = engineAddress.replace(/^unix:\/\//u, '');
  return {
    canary: bait.canary,
    canaryDir: bait.canaryDir,
    needle: backwards(bait.needle),
    hidden: backwards(bait.hidden),
    // A host that is called like a session cannot be told apart from it.
    hostName: backwards(['ct', 'localhost'].includes(hostname()) ? bait.needle : hostname()),
    port: String(listeners.port),
    hostAddresses: listeners.addresses,
    abstractName: listeners.abstractName,
    engineSocket: socket,
    runtimeDir: context.paths.runtimeDir,
    ctProjectFile: target.projectFile,
    writable: target.writable,
    pids: String(target.enforced['pids'] ?? 0),
    nofile: String(target.enforced['nofile'] ?? 0),
  };
}
