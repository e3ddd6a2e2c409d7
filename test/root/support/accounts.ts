import { copyImages } from './lend.ts';
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { longestRange, readSubidFiles } from '../../../src/host/subids.ts';

/** Homes and whatever else these tests lay down; removed with the accounts. */
export const GROUND = '/var/lib/ct-root-test';

/** Far from where useradd begins, and below the dynamic ones (systemd: 60001 on). */
const FIRST_UID = 58_000;
/** Below it are the system's own: no test has an account there. */
const LEAST_UID = 500;

/** How a program ended. */
export interface Done {
  /** Exit status, or 128 for a signal */
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end, with nothing on its input. */
export async function run(argv: readonly string[], cwd = '/'): Promise<Done> {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { status: code ?? 128, stdout, stderr };
}

/** An ordinary account that a test made, or may use. */
export class Account {
  readonly name: string;
  readonly uid: number;
  readonly home: string;
  readonly #ct: string;

  constructor(name: string, ct: string) {
    const [, , uid, , , home] = passwdLine(name).split(':');
    this.name = name;
    this.uid = Number(uid);
    this.home = home ?? '';
    this.#ct = ct;
  }

  /** Makes an account of that name, with overlay storage unless `storageConf` says otherwise. */
  static make(
    name: string,
    ct: string,
    options: { readonly useradd?: readonly string[]; readonly storageConf?: string } = {},
  ): Account {
    const { useradd = [], storageConf = '[storage]\ndriver = "overlay"\n' } = options;
    mkdirSync(GROUND, { recursive: true, mode: 0o755 });
    const words = ['-U', '-m', '-d', `${GROUND}/${name}`, '-s', '/bin/bash'];
    execFileSync('useradd', [...words, '-u', String(freeUid()), ...useradd, name], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    const account = new Account(name, ct);
    account.write('.config/containers/storage.conf', storageConf);
    return account;
  }

  /** Runs a line in a log-in shell of the account, which starts with nothing in its environment. */
  login(line: string): Promise<Done> {
    return run(['runuser', '-l', this.name, '-c', line]);
  }

  /** Runs `ct` so; its words must need no quotes. */
  ct(words: string, before = ''): Promise<Done> {
    return this.login(`${before} ${this.#ct} ${words}`);
  }

  /** Writes a file below the home, all of it the account's own. */
  write(path: string, text: string): void {
    this.own(dirname(path));
    writeFileSync(join(this.home, path), text);
    chownSync(join(this.home, path), this.uid, this.uid);
  }

  /** Makes a directory below the home, and those above it, the account's own. */
  own(path: string): string {
    let directory = this.home;
    for (const name of path.split('/')) {
      directory = join(directory, name);
      if (existsSync(directory)) continue;
      mkdirSync(directory, { mode: 0o700 });
      chownSync(directory, this.uid, this.uid);
    }
    return directory;
  }

  /** Programs that the account has running, as command lines; the dead that nobody has fetched are none. */
  processes(): readonly string[] {
    return ownPids(this.uid).map((pid) => commandLine(pid));
  }

  /** Ends what runs, unmounts what a test mounted, and removes the account with all it had. */
  remove(): void {
    removeAccount(this.name);
  }
}

function freeUid(): number {
  for (let uid = FIRST_UID; uid < FIRST_UID + 1000; uid++) if (isFree(uid)) return uid;
  throw new Error(`no free uid from ${FIRST_UID} on`);
}

/**
 * Whether nobody has this uid, and there is no trace of it: a machine made of namespaces may share
 * processes and /dev/shm with one whose accounts have the usual numbers, and what these tests use and
 * remove must be theirs alone.
 */
function isFree(uid: number): boolean {
  if (ownPids(uid).length > 0 || traces(uid).length > 0 || ownTemporary(uid).length > 0)
    return false;
  const asked = ['passwd', 'group'].map((base) => spawnSync('getent', [base, String(uid)]).status);
  return asked.every((status) => status !== 0);
}

/** What an engine keeps outside the home, by uid. */
function traces(uid: number): readonly string[] {
  return [`/dev/shm/ct-run-${uid}`, `/dev/shm/libpod_rootless_lock_${uid}`].filter(
    (path) => lstatSync(path, { throwIfNoEntry: false }) !== undefined,
  );
}

/** Removes accounts and files of these tests that a killed run has left. */
export function sweep(): void {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const line of lines.filter((text) => text.split(':')[5]?.startsWith(`${GROUND}/`))) {
    removeAccount(line.split(':')[0] ?? '');
  }
  rmSync(GROUND, { recursive: true, force: true });
}

function removeAccount(name: string): void {
  const [, , uidText, , , home = ''] = passwdLine(name).split(':');
  const uid = Number(uidText);
  if (!home.startsWith(`${GROUND}/`) || uid < LEAST_UID) {
    throw new Error(`${name} is not an account of these tests`);
  }
  for (let tries = 0; tries < 100; tries++) {
    const pids = [...ownPids(uid), ...ownPids(uid, ranges(name))];
    if (pids.length === 0) break;
    for (const pid of pids) endQuietly(pid);
    spawnSync('sleep', ['0.02']);
  }
  for (const mount of mountsBelow(home)) execFileSync('umount', ['-l', mount]);
  execFileSync('userdel', ['-f', name], { stdio: 'ignore' });
  for (const path of [home, ...traces(uid), ...ownTemporary(uid)]) {
    rmSync(path, { recursive: true, force: true });
  }
}

/**
 * Gives an account the images of another's store, with the ids changed: a copy costs seconds where
 * building an image costs a minute. Without a store to copy, the account builds its own.
 */
export function lendImages(store: string | undefined, account: Account): void {
  if (store === undefined || !existsSync(`${store}/overlay-images`)) return;
  const own = account.own('.local/share/containers/storage');
  const { uid: lender } = lstatSync(store);
  const files = readSubidFiles();
  const from = firstOf(files.subuid, passwdName(lender), lender);
  const to = firstOf(files.subuid, account.name, account.uid);
  const shift = (id: number): number =>
    id === lender ? account.uid : id >= from && id < from + 65_536 ? id - from + to : id;
  copyImages(store, own, shift);
}

function passwdLine(name: string): string {
  return execFileSync('getent', ['passwd', name], { encoding: 'utf8' }).trim();
}

function passwdName(uid: number): string {
  return passwdLine(String(uid)).split(':')[0] ?? '';
}

function firstOf(text: string, name: string, uid: number): number {
  if (longestRange(text, { name, uid }) === 0) throw new Error(`${name} has no subordinate ids`);
  const lines = text.split('\n').map((line) => line.split(':'));
  return Number(lines.find(([owner]) => owner === name || owner === String(uid))?.[1]);
}

function ranges(name: string): readonly (readonly [number, number])[] {
  return readSubidFiles()
    .subuid.split('\n')
    .map((line) => line.split(':'))
    .filter(([owner]) => owner === name)
    .map(([, first, count]) => [Number(first), Number(first) + Number(count)]);
}

/** Living processes of a uid, or of the ids in `within`. */
function ownPids(uid: number, within: readonly (readonly [number, number])[] = []): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => {
      if (!Number.isInteger(pid) || pid < 2) return false;
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        if (/^State:\s+[ZX]/mu.test(status)) return false;
        const owner = Number(/^Uid:\s+(\d+)/mu.exec(status)?.[1]);
        return within.length === 0
          ? owner === uid
          : within.some(([first, end]) => owner >= first && owner < end);
      } catch {
        return false;
      }
    });
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
  } catch {
    return '';
  }
}

function endQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended meanwhile.
  }
}

function mountsBelow(path: string): readonly string[] {
  return readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '')
    .filter((mount) => mount === path || mount.startsWith(`${path}/`))
    .reverse();
}

/** What an account left in the directories for everybody. */
export function ownTemporary(uid: number): readonly string[] {
  return ['/tmp', '/var/tmp'].flatMap((directory) =>
    readdirSync(directory)
      .map((name) => join(directory, name))
      .filter((path) => lstatSync(path, { throwIfNoEntry: false })?.uid === uid),
  );
}
