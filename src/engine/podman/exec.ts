import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../../base/errors.ts';
import type { SignalName } from '../../base/exit.ts';
import type { ExecProcess, ExecSpec, TerminalSize } from '../engine.ts';
import { signalProgram } from '../../host/job.ts';
import { isInside } from '../../host/process.ts';
import { processStreams } from '../streams.ts';
import { withhold } from '../withhold.ts';
import { containerPath } from './containers.ts';
import { startFailureWords } from './errors.ts';
import type { Transport } from './transport.ts';

/** How long the engine may take to learn of an end that its streams already showed, `ms`. */
const EXIT_BOUND_MS = 5_000;

/** How long it may take to note a start, `ms` */
const START_BOUND_MS = 10_000;

interface LibpodExec {
  readonly Running?: boolean;
  /** True once it has ended; false, with status 0, as long as the engine has not noted its start */
  readonly CanRemove?: boolean;
  readonly ExitCode?: number;
  readonly Pid?: number;
}

/**
 * `Engine.exec`. A program that is missing or cannot be executed starts all the same and ends
 * with 127 or 126, as podman-exec(1) has it; see `neverRan`.
 */
export async function execInContainer(
  transport: Transport,
  id: string,
  spec: ExecSpec,
): Promise<ExecProcess> {
  const created = await transport.json<{ Id?: string }>({
    doing: 'run a program in the container',
    method: 'POST',
    path: `${containerPath(id)}/exec`,
    json: {
      Cmd: spec.args,
      Env: Object.entries(spec.env).map(([name, value]) => `${name}=${value}`),
      WorkingDir: spec.cwd,
      User: `${spec.user.uid}:${spec.user.gid}`,
      Tty: spec.terminal,
      AttachStdin: spec.stdin,
      AttachStdout: true,
      AttachStderr: true,
      DetachKeys: '',
      Privileged: false,
    },
  });
  const path = `/exec/${encodeURIComponent(created.Id ?? '')}`;
  const socket = await transport.upgrade({
    doing: 'start a program in the container',
    method: 'POST',
    path: `${path}/start`,
    json: {
      Detach: false,
      Tty: spec.terminal,
      ...(spec.size === undefined ? {} : { h: spec.size.rows, w: spec.size.columns }),
    },
  });
  const whole = processStreams(socket, spec);
  const { streams, said } = withhold(whole, startFailureWords(spec.args[0] ?? ''));
  const resize = firstSize(spec.size, (size) => resizeExec(transport, path, size));
  const inspect = (): Promise<LibpodExec> =>
    transport.json<LibpodExec>({
      doing: 'inspect the program',
      method: 'GET',
      path: `${path}/json`,
    });
  return {
    ...streams,
    pid: () => pidOf(inspect),
    resize,
    wait: async () => {
      await whole.ended.catch(() => undefined);
      return exitStatus(inspect);
    },
    neverRan: said,
    signal: (signal) => signalExec(inspect, signal),
  };
}

/** When the size is said again, as long as the engine refuses it, `ms` after the last time */
const SIZE_AGAIN_MS = [0, 20, 50, 100, 200, 500, 1000];

/**
 * 4.3 heeds the size at the start; 5.4 may give the terminal 0 by 0, and refuse to change it before the
 * runtime has made it. Gives back how the terminal is resized later.
 */
function firstSize(
  first: TerminalSize | undefined,
  resize: (size: TerminalSize) => Promise<void>,
): (size: TerminalSize) => Promise<void> {
  let current = first;
  const insist = async (): Promise<void> => {
    for (const pauseMs of SIZE_AGAIN_MS) {
      await sleep(pauseMs, undefined, { ref: false });
      // Whoever resizes it meanwhile has the last word.
      if (current === undefined) return;
      const isDone = await resize(current).then(
        () => true,
        () => false,
      );
      if (isDone) return;
    }
  };
  if (first !== undefined) void insist();
  return async (size) => {
    current = size;
    await resize(size);
    current = undefined;
  };
}

async function resizeExec(transport: Transport, path: string, size: TerminalSize): Promise<void> {
  await transport.json({
    doing: 'resize the terminal',
    method: 'POST',
    path: `${path}/resize`,
    query: { h: size.rows, w: size.columns },
  });
}

/** Errors: deadline_exceeded when the engine does not say */
async function pidOf(inspect: () => Promise<LibpodExec>): Promise<number> {
  for (const begun = performance.now(); performance.now() - begun < START_BOUND_MS;) {
    const { Running: running, CanRemove: isOver, Pid: pid = 0 } = await inspect();
    if (isOver === true) return 0;
    if (running === true && pid > 0) return pid;
    await sleep(2);
  }
  throw new CtError('deadline_exceeded', 'the engine does not say which process it started');
}

/**
 * The engine may lose the status of a fast program or say "running" for ever, so this is bounded. An engine
 * that was killed between the first output and its note of the start says "not running, status 0" for good.
 */
async function exitStatus(inspect: () => Promise<LibpodExec>): Promise<number> {
  const started = performance.now();
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 2, 250)) {
    const exec = await inspect();
    const code = exec.ExitCode ?? -1;
    if (exec.Running === false && exec.CanRemove === true && code >= 0) return code;
    if (performance.now() - started > EXIT_BOUND_MS) {
      throw new CtError('unavailable', 'the engine does not say how the program ended', {
        hint: 'whether it did its work is not known; run it again',
        details: { running: exec.Running },
      });
    }
    await sleep(pauseMs);
  }
}

/**
 * The engine has no call for this, but the process belongs to the caller (keep-id), so the kernel
 * takes the signal from us. Only a process in a pid namespace below ours can be one of a container's:
 * a pid that was reused by a program of the host is not hit.
 */
async function signalExec(
  inspect: () => Promise<LibpodExec>,
  signal: SignalName,
): Promise<boolean> {
  try {
    const { Running: running, Pid: pid = 0 } = await inspect();
    if (running !== true || pid <= 1 || !isInside(pid)) return false;
    return signalProgram(pid, signal);
  } catch {
    return false;
  }
}
