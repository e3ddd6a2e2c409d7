import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  constants,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { testPaths } from './engine-fixture.ts';

/** A place and what of the wanted was found there. */
export interface Hit {
  readonly place: string;
  readonly form: string;
}

/** Which of `forms` are in `bytes`. */
export function hitsIn(place: string, bytes: string | Buffer, forms: readonly string[]): Hit[] {
  const text = bytes.toString('latin1');
  return forms.filter((form) => text.includes(form)).map((form) => ({ place, form }));
}

/**
 * Names the files at and below paths, on their file systems. find(1) does not do: it goes back to a directory by `..`,
 * and leaves out the rest of the tree when that is another one by then. Podman mounts its store over itself, and
 * takes that away in the middle of a search.
 * uid 65534 is what is not mapped: other people's files, in directories that everybody shares.
 */
const WALK = `import errno, os, stat, sys
GONE = {errno.ENOENT, errno.ENOTDIR, errno.EACCES, errno.EPERM, errno.ESTALE}
def look(work):
    try:
        return work()
    except OSError as error:
        if error.errno not in GONE: raise
def visit(path, device):
    seen = look(lambda: os.lstat(path))
    if seen is None: return
    if stat.S_ISREG(seen.st_mode) and seen.st_uid != 65534:
        sys.stdout.buffer.write(path + b"\\0")
    elif stat.S_ISDIR(seen.st_mode) and device in (None, seen.st_dev):
        for name in look(lambda: os.listdir(path)) or []:
            visit(os.path.join(path, name), seen.st_dev)
for top in sys.argv[1:]:
    visit(os.fsencode(top), None)`;

/**
 * Searches files, also those of subordinate uids: `grep` as root of the user's own namespace. The forms go
 * in by standard input, since as arguments they would be what is looked for.
 *
 * Errors: of podman, when there is no such namespace
 */
export async function grepFiles(dirs: readonly string[], forms: readonly string[]): Promise<Hit[]> {
  // xargs starts grep several times, and each opens the forms anew.
  // Files come and go meanwhile: grep says 2 then (silently, by -s) and xargs 123. What is said beside that ("memory
  // exhausted"), what was killed or could not be started is a failure of the search.
  const script = searching(
    '{ python3 -c "$0" "$@" 2>&5 || echo the walk failed >&5; } | ' +
      '{ xargs -0 -r -n 2000 grep -a -o -H -s --null -F -f /proc/self/fd/3 2>&5 >&4 || ' +
      '[ $? = 123 ] || echo xargs failed >&5; }',
  );
  const command = ['podman', 'unshare', 'sh', '-c', script, WALK, ...dirs];
  const out = await outputOf(command, forms);
  return out.split('\n').flatMap((line): Hit[] => {
    const [place, form] = line.split('\0');
    return place === undefined || form === undefined ? [] : [{ place, form }];
  });
}

/**
 * A shell script around a search that reads the forms at descriptor 3 and writes what it finds to 4. It fails
 * when something was written to 5: nothing found and nothing searched look the same otherwise.
 */
function searching(pipeline: string): string {
  return (
    `exec 3<&0 4>&1; said=$(exec 5>&1; ${pipeline}); ` +
    `[ -z "$said" ] || { echo "$said" >&2; exit 1; }`
  );
}

/** What a command prints that has the forms as its standard input. */
async function outputOf(command: readonly string[], forms: readonly string[]): Promise<string> {
  const [program = '', ...args] = command;
  const input = fileWithoutName(`${forms.join('\n')}\n`);
  try {
    const child = spawn(program, args, { cwd: '/', stdio: [input, 'pipe', 'inherit'] });
    const out = text((child.stdout as Readable).setEncoding('latin1'));
    const [status] = (await once(child, 'close')) as [number | null];
    if (status !== 0) throw new Error(`${program} ${args[0]} ended with ${status}`);
    return await out;
  } finally {
    closeSync(input);
  }
}

/**
 * A file that never had a name: no other search can come upon it, as it could on one that is to be
 * removed. Source: open(2), O_TMPFILE, whose number is that of x86 and ARM
 */
function fileWithoutName(content: string): number {
  const O_TMPFILE = 0o20000000 | constants.O_DIRECTORY;
  const file = openSync('/dev/shm', O_TMPFILE | constants.O_RDWR, 0o600);
  writeFileSync(file, content);
  return file;
}

/** Arguments and environments of every process that this account can look at. */
export function searchProcesses(
  forms: readonly string[],
  what: 'cmdline' | 'environ',
  allowed: readonly number[] = [],
): Hit[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/u.test(name) && !allowed.includes(Number(name)))
    .flatMap((pid) => {
      try {
        return hitsIn(`/proc/${pid}/${what}`, readFileSync(`/proc/${pid}/${what}`), forms);
      } catch {
        return [];
      }
    });
}

/** Output of a podman command that talks to the engine of the tests, both streams. */
export function podman(...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync('podman', ['--url', engineUrl(), ...args], {
    cwd: '/',
    encoding: 'latin1',
    maxBuffer: 256 * 1024 * 1024,
  });
  return stdout + stderr;
}

/** Searches an export of a container's files, as large as it is, while it comes. */
export async function searchExport(container: string, forms: readonly string[]): Promise<Hit[]> {
  // grep ends with 1 when it found nothing.
  const script = searching(
    '{ podman --url "$1" export "$2" || echo podman export failed >&5; } | ' +
      '{ grep -a -o -F -f /proc/self/fd/3 >&4 || [ $? = 1 ] || echo grep failed >&5; }',
  );
  const command = ['sh', '-c', script, 'sh', engineUrl(), container];
  return hitsIn('export', await outputOf(command, forms), forms);
}

function engineUrl(): string {
  return `unix://${join(testPaths().runtimeDir, 'ct', 'podman.sock')}`;
}

/**
 * Makes an image of a container; resolves to what podman says. Not through the service: Podman 4.3 forgets
 * its run root there, unless storage.conf names it.
 */
export async function commit(container: string, image: string): Promise<string> {
  const { store } = JSON.parse(await askEngine('/v4.0.0/libpod/info')) as {
    readonly store: Readonly<Record<'graphDriverName' | 'graphRoot' | 'runRoot', string>>;
  };
  const conf = join(mkdtempSync(join(tmpdir(), 'ct-storage-')), 'storage.conf');
  const lines = [`driver = "${store.graphDriverName}"`, `runroot = "${store.runRoot}"`];
  writeFileSync(conf, ['[storage]', ...lines, `graphroot = "${store.graphRoot}"`, ''].join('\n'));
  const { stdout, stderr } = spawnSync('podman', ['commit', '--pause=false', container, image], {
    cwd: '/',
    encoding: 'latin1',
    env: { ...process.env, CONTAINERS_STORAGE_CONF: conf },
  });
  rmSync(dirname(conf), { recursive: true });
  return stdout + stderr;
}

/** The raw answer of the engine's API. */
export function askEngine(path: string): Promise<string> {
  const socketPath = join(testPaths().runtimeDir, 'ct', 'podman.sock');
  return new Promise((resolve, reject) => {
    request({ socketPath, path }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on('data', (chunk: Buffer) => chunks.push(chunk));
      answer.on('end', () => resolve(Buffer.concat(chunks).toString('latin1')));
    })
      .on('error', reject)
      .end();
  });
}
