import { spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CtError } from '../base/errors.ts';
import { printable } from '../base/text.ts';
import { templatePath } from '../host/assets.ts';
import { systemPath } from '../host/exec.ts';
import { findProgram } from '../host/find-program.ts';

/** The way out of a permissive session: a program that carries its packets. */
export interface Uplink {
  readonly program: 'pasta' | 'slirp4netns';
  /** Settles when it ended by itself: the session has no network from then on */
  readonly lost: Promise<void>;
  close(): void;
}

const READY_MS = 10_000;
const MAX_WORDS = 4_096;

/**
 * Attaches a session to the host's network: pasta where there is one, else slirp4netns. Called when the
 * rules are loaded, so that nothing is reachable before they hold. The host's own loopback stays out of
 * reach; the program ends with this process.
 *
 * Errors: failed_precondition when neither program is there, or it ended at once (with its words)
 * Source: pasta(1), slirp4netns(1)
 */
export async function attachUplink(pid: number, env: NodeJS.ProcessEnv): Promise<Uplink> {
  const pasta = findProgram('pasta', env);
  const slirp = findProgram('slirp4netns', env);
  const perl = findProgram('perl', env);
  if (perl === undefined || (pasta === undefined && slirp === undefined)) throw noProgram();
  const command = pasta === undefined ? slirpCommand(slirp ?? '', pid) : pastaCommand(pasta, pid);
  const child = spawn(perl, [templatePath('uplink-guard.pl'), ...command], {
    env: { PATH: systemPath(env['PATH']), LC_ALL: 'C' },
    cwd: '/',
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-MAX_WORDS);
  });
  child.stdin.on('error', () => undefined);
  const lost = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const program = pasta === undefined ? 'slirp4netns' : 'pasta';
  try {
    await ready(pid, lost);
  } catch (thrown) {
    child.kill('SIGKILL');
    throw notReady(program, words, thrown);
  }
  release(child);
  return { program, lost, close: () => child.stdin.end() };
}

function pastaCommand(pasta: string, pid: number): readonly string[] {
  // Neither direction is forwarded by itself, and the gateway's address does not mean the host.
  const closed = ['-t', 'none', '-u', 'none', '-T', 'none', '-U', 'none', '--no-map-gw'];
  const where = ['--userns', `/proc/${pid}/ns/user`, '--netns', `/proc/${pid}/ns/net`];
  return [pasta, '--config-net', '-f', '-q', ...closed, ...where];
}

function slirpCommand(slirp: string, pid: number): readonly string[] {
  const options = ['--configure', '--mtu=65520', '--disable-host-loopback', '--disable-dns'];
  const where = [`--userns-path=/proc/${pid}/ns/user`, '--netns-type=path'];
  return [slirp, ...options, ...where, `/proc/${pid}/ns/net`, 'tap0'];
}

/** Resolves when the session has a default route. Source: proc_pid_net(5), /proc/net/route */
async function ready(pid: number, lost: Promise<void>): Promise<void> {
  let isOver = false;
  void lost.then(() => (isOver = true));
  for (const until = performance.now() + READY_MS; performance.now() < until;) {
    const [, ...routes] = readFileSync(`/proc/${pid}/net/route`, 'latin1').split('\n');
    if (routes.some((line) => line.split('\t')[1] === '00000000')) return;
    if (isOver) throw new Error('it ended');
    await sleep(2);
  }
  throw new Error('no route within ten seconds');
}

/** The program is not what this process waits for at its end. */
function release(child: ChildProcess): void {
  child.unref();
  for (const stream of [child.stdin, child.stderr]) {
    (stream as { unref?: () => void } | null)?.unref?.();
  }
}

function noProgram(): CtError {
  return new CtError('failed_precondition', 'there is neither pasta nor slirp4netns on this host', {
    hint: 'install one: sudo apt install passt   (or slirp4netns); or use --network strict',
  });
}

function notReady(program: string, words: string, cause: unknown): CtError {
  const said = printable(words.trim().split('\n').slice(-2).join('; ')) || String(cause);
  return new CtError(
    'failed_precondition',
    `${program} did not give the session a network: ${said}`,
    {
      hint: 'use --network strict, which needs no such program',
      cause,
    },
  );
}
