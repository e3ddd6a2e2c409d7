import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { parseAnswer, PERL, READY } from './program.ts';

/** How ct itself is started, with what the user chose: every session of an attack is a real `ct run`. */
export interface Launcher {
  /** Node and the program of ct */
  readonly self: readonly [program: string, ...args: readonly string[]];
  /** Options of `ct run` that choose preset and network */
  readonly flags: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** How a `ct` ended. */
export interface Ended {
  readonly status: number;
  readonly stdout: string;
  /** What ct said; the program inside says nothing there */
  readonly stderr: string;
}

/** A `ct` that runs the red team: its answers come as they are found. */
export interface Victim {
  /** Answers so far, by id of the attempt */
  readonly seen: ReadonlyMap<string, string>;
  /** Settles when all but the background is done. Errors: what ct or the program said instead */
  readonly ready: Promise<void>;
  /** Lets the program end; resolves to `undefined` when it has not done so in time, and kills it. */
  finish(deadlineMs: number): Promise<Ended | undefined>;
  kill(): void;
}

/** `ct run` with the red team as its agent. */
export function startVictim(launcher: Launcher, program: string): Victim {
  return redTeam(launcher, ['run', ...launcher.flags, 'shell', '-c', `exec ${PERL} -`], program);
}

/** `ct exec` of the red team in a session that runs. */
export function startExec(launcher: Launcher, session: string, program: string): Victim {
  return redTeam(launcher, ['exec', session, '--', PERL, '-'], program);
}

function redTeam(launcher: Launcher, args: readonly string[], program: string): Victim {
  const child = startCt(launcher, args);
  const end = endOf(child);
  const seen = new Map<string, string>();
  const ready = new Promise<void>((resolve, reject) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const answer = parseAnswer(line);
      if (answer?.id === READY) resolve();
      else if (answer !== undefined) seen.set(answer.id, answer.seen);
    });
    child.once('error', reject);
    void end.then((ended) => reject(neverReady(args[0] ?? '', ended)));
  });
  ready.catch(() => undefined);
  child.stdin.write(program);
  return {
    seen,
    ready,
    finish: async (deadlineMs) => {
      child.stdin.end();
      return within(deadlineMs, end, child);
    },
    kill: () => void child.kill('SIGTERM'),
  };
}

/** Runs `ct` to its end, without input. Errors: deadline_exceeded */
export async function runCt(
  launcher: Launcher,
  args: readonly string[],
  deadlineMs: number,
): Promise<Ended> {
  const child = startCt(launcher, args);
  child.stdin.end();
  const ended = await within(deadlineMs, endOf(child), child);
  if (ended !== undefined) return ended;
  throw new CtError('deadline_exceeded', `ct ${args[0] ?? ''} did not end in time`);
}

function startCt(launcher: Launcher, args: readonly string[]): ChildProcessWithoutNullStreams {
  const [program, ...before] = launcher.self;
  const child = spawn(program, [...before, ...args], {
    cwd: launcher.cwd,
    env: launcher.env,
    stdio: 'pipe',
    shell: false,
  });
  // A program that ended early does not read the rest: its end tells why.
  child.stdin.on('error', () => undefined);
  return child;
}

async function endOf(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk: Buffer) => (text.stdout += chunk.toString('utf8')));
  child.stderr.on('data', (chunk: Buffer) => (text.stderr += chunk.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  return { status: code ?? 128, ...text };
}

async function within(
  deadlineMs: number,
  end: Promise<Ended>,
  child: ChildProcessWithoutNullStreams,
): Promise<Ended | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), deadlineMs);
  });
  const ended = await Promise.race([end, late]);
  clearTimeout(timer);
  if (ended === undefined) child.kill('SIGKILL');
  return ended;
}

function neverReady(command: string, { status, stderr }: Ended): CtError {
  const said = stderr.trim();
  return new CtError(
    'failed_precondition',
    `the session to attack did not start: 'ct ${command}' ended with ${status}`,
    {
      hint: [
        ...(said === '' ? [] : [`it said: ${printable(said.slice(0, 500))}`]),
        "'ct sys doctor' tells whether sessions can run here",
      ].join('\n'),
    },
  );
}
