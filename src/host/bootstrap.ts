import { spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdtempSync, readFileSync, readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { CtError } from '../base/errors.ts';
import { runProgram, systemPath } from './exec.ts';
import { DEBIAN_KEYRING } from './mirrors.ts';
import { readSubidFiles, subidsCommand } from './subids.ts';

/** A root file system to be made from Debian packages. */
export interface BootstrapWish {
  readonly suite: string;
  readonly packages: readonly string[];
  /** Lines of a sources.list; empty for mmdebstrap's own default */
  readonly sources: readonly string[];
  /** Host file with apt settings; may hold credentials, so it stays a file */
  readonly aptConf: string;
  /** Names the temporary directory, to find what a killed run left */
  readonly instance: string;
}

/** What the host needs to have for a bootstrap, read by {@link probeBootstrap}. */
export interface BootstrapFacts {
  readonly user: string;
  readonly uid: number;
  /** Programs that were not found */
  readonly missing: readonly string[];
  readonly hasKeyring: boolean;
  readonly subuid: string;
  readonly subgid: string;
}

const PROGRAMS = {
  mmdebstrap: 'mmdebstrap',
  newuidmap: 'uidmap',
  newgidmap: 'uidmap',
  apt: 'apt',
};

/** Reads what {@link checkBootstrap} judges. */
export function probeBootstrap(env: NodeJS.ProcessEnv): BootstrapFacts {
  const path = systemPath(env['PATH']).split(':');
  const { username, uid } = userInfo();
  return {
    user: username,
    uid,
    missing: Object.keys(PROGRAMS).filter(
      (name) => !path.some((dir) => existsSync(`${dir}/${name}`)),
    ),
    hasKeyring: existsSync(DEBIAN_KEYRING),
    ...readSubidFiles(),
  };
}

/**
 * Stops where mmdebstrap could only fail later, with the command that mends it.
 *
 * Errors: failed_precondition
 * Source: mmdebstrap(1) "unshare"; subuid(5)
 */
export function checkBootstrap(facts: BootstrapFacts): void {
  const packages = new Set(facts.missing.map((name) => PROGRAMS[name as keyof typeof PROGRAMS]));
  if (!facts.hasKeyring) packages.add('debian-archive-keyring');
  if (packages.size > 0) {
    const what = facts.missing[0] ?? DEBIAN_KEYRING;
    throw new CtError(
      'failed_precondition',
      `a base image cannot be made here: ${what} is missing`,
      {
        hint: `type: sudo apt-get install --yes ${[...packages].join(' ')}`,
      },
    );
  }
  const command = subidsCommand(facts, { name: facts.user, uid: facts.uid });
  if (command === undefined) return;
  throw new CtError(
    'failed_precondition',
    'your account has no range of 65536 ids in /etc/subuid and /etc/subgid',
    { hint: `type: sudo ${command}` },
  );
}

/**
 * Arguments of mmdebstrap. Sources come on its stdin and apt settings in a file, since both may hold
 * credentials; neither stays in the result.
 */
export function bootstrapArguments(wish: BootstrapWish): readonly string[] {
  const excluded = [
    '/usr/share/man/*',
    '/usr/share/doc/*',
    '/usr/share/locale/*',
    '/usr/share/info/*',
  ];
  return [
    '--mode=unshare',
    '--variant=minbase',
    '--format=tar',
    `--include=${wish.packages.join(',')}`,
    ...excluded.map((glob) => `--dpkgopt=path-exclude=${glob}`),
    '--dpkgopt=path-include=/usr/share/doc/*/copyright',
    // A half-made tree is thrown away, whatever of it is on the disk.
    '--dpkgopt=force-unsafe-io',
    `--aptopt=${wish.aptConf}`,
    '--customize-hook=rm -f "$1/etc/apt/sources.list" "$1/etc/apt/apt.conf.d/99mmdebstrap"',
    wish.suite,
    '-',
    ...(wish.sources.length > 0 ? ['-'] : []),
  ];
}

/**
 * Makes a root file system and gives it out as a tar stream while it is made.
 *
 * The stream ends only when mmdebstrap ended well; a failure is the stream's error, so that no reader
 * takes a cut-off tar for a whole one. Destroying the stream ends mmdebstrap, which cleans up.
 *
 * Errors (of the stream): unavailable when the mirror cannot be reached; resource_exhausted when the
 * disk is full; failed_precondition with mmdebstrap's words otherwise
 */
export function openBootstrap(
  wish: BootstrapWish,
  options: {
    readonly env: NodeJS.ProcessEnv;
    readonly signal?: AbortSignal;
    readonly onLine: (line: string) => void;
  },
): Readable {
  return Readable.from(bootstrapBytes(wish, options), { objectMode: false });
}

async function* bootstrapBytes(
  wish: BootstrapWish,
  options: Parameters<typeof openBootstrap>[1],
): AsyncGenerator<Buffer> {
  const scratch = makeScratch(wish.instance);
  const child = spawn('mmdebstrap', bootstrapArguments(wish), {
    cwd: '/',
    env: { ...options.env, PATH: systemPath(options.env['PATH']), TMPDIR: scratch, LC_ALL: 'C' },
    stdio: ['pipe', 'pipe', 'pipe'],
    // When it fails it hangs up its whole process group: ct must not be in it.
    detached: true,
  });
  const lines: string[] = [];
  createInterface(child.stderr).on('line', (line) => {
    lines.push(line);
    options.onLine(line.replace(/^I: /u, ''));
  });
  const end = new Promise<string | undefined>((resolve) => {
    child.on('error', (error) => resolve(error.message));
    child.on('close', (code, signal) => resolve(code === 0 ? undefined : `${signal ?? code}`));
  });
  const stop = (): void => {
    if (child.pid !== undefined && child.exitCode === null) signalQuietly(-child.pid, 'SIGTERM');
  };
  options.signal?.addEventListener('abort', stop, { once: true });
  child.stdin.on('error', () => undefined).end(`${wish.sources.join('\n')}\n`);
  try {
    for await (const chunk of child.stdout) yield chunk as Buffer;
    const failure = await end;
    options.signal?.throwIfAborted();
    if (failure !== undefined) throw bootstrapError(lines, failure);
  } finally {
    options.signal?.removeEventListener('abort', stop);
    stop();
    await end;
    await sweepBootstraps(wish.instance, options.env);
  }
}

/** Turns the last words of mmdebstrap and apt into an error with a remedy. */
export function bootstrapError(lines: readonly string[], status: string): CtError {
  const text = lines.join('\n');
  const reason = (pattern: RegExp): string | undefined => lines.find((line) => pattern.test(line));
  const make = (
    code: 'resource_exhausted' | 'unavailable' | 'failed_precondition',
    why: string,
    hint: string,
  ): CtError =>
    new CtError(code, `mmdebstrap could not make the base image: ${why}`, {
      hint,
      details: { status },
    });
  if (/No space left on device|not have enough free space/u.test(text)) {
    return make(
      'resource_exhausted',
      'the disk is full',
      "free about 2 GB ('df -h' shows where) and run again",
    );
  }
  if (/NO_PUBKEY|not signed|keyring/iu.test(text)) {
    return make(
      'failed_precondition',
      'the host does not have the keys of this Debian release',
      'type: sudo apt-get install --yes debian-archive-keyring (a newer one, if it is there already)',
    );
  }
  const network = reason(
    /Could not (?:resolve|connect|handshake)|Temporary failure resolving|Unable to connect|Connection (?:failed|timed out)|Certificate verification failed|Failed to fetch/u,
  );
  if (network !== undefined) {
    return make(
      'unavailable',
      network.replace(/^\W*(?:Err|W|E):\s*/u, '').trim(),
      "check the network and the Debian mirror in /etc/apt; 'sudo apt-get update' must work",
    );
  }
  const last =
    lines.filter((line) => line.startsWith('E: ')).at(-2) ?? lines.at(-1) ?? `status ${status}`;
  return make('failed_precondition', last.replace(/^E: /u, ''), 'see the log for all it said');
}

/** mmdebstrap's root inside is a subordinate id, which must be able to pass through. */
function makeScratch(instance: string): string {
  const scratch = mkdtempSync(`${SCRATCH}/${scratchName(instance)}`);
  chmodSync(scratch, 0o711);
  return scratch;
}

/** Half a gigabyte: /tmp may be in memory. Source: file-hierarchy(7) */
const SCRATCH = '/var/tmp';

function scratchName(instance: string): string {
  return `ct-bootstrap-${instance}-`;
}

/**
 * Ends and removes what killed bootstraps of this installation left. Files there belong to
 * subordinate ids, so mmdebstrap's own namespace helper does it. The caller holds the image lock.
 */
export async function sweepBootstraps(instance: string, env: NodeJS.ProcessEnv): Promise<void> {
  const uid = process.getuid?.();
  const left = readdirSync(SCRATCH)
    .filter((name) => name.startsWith(scratchName(instance)))
    .map((name) => `${SCRATCH}/${name}`)
    .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.uid === uid);
  if (left.length > 0) endOrphans(instance);
  for (const path of left) {
    // Inside the helper's namespace the user's own id does not exist: it may empty directories of the
    // subordinate ids, and the user then removes these and the one around them.
    const inner = readdirSync(path).map((name) => `${path}/${name}`);
    const remove = ['rm', '-rf', '--one-file-system'];
    await runQuietly('mmdebstrap', ['--unshare-helper', ...remove, ...inner], env);
    await runQuietly('rm', [...remove.slice(1), path], env);
  }
}

async function runQuietly(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const command = { program, args, env: { ...env, PATH: systemPath(env['PATH']) } };
  // What cannot be removed now is tried again by the next build.
  await runProgram(command, { deadlineMs: 120_000 }).catch(() => undefined);
}

/** Processes of a bootstrap whose ct was killed, known by the random id in their arguments. */
function endOrphans(instance: string): void {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/u.test(name))) {
    const argv = readText(`/proc/${pid}/cmdline`).split('\0');
    const isOurs = argv[1]?.endsWith('/mmdebstrap') === true;
    if (isOurs && argv.some((word) => word.includes(instance)))
      signalQuietly(Number(pid), 'SIGKILL');
  }
}

/** Subordinate ids may be signalled too: their namespace belongs to the user. */
function signalQuietly(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It ended meanwhile.
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
