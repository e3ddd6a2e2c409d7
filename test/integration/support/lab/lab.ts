import { execFile, execFileSync, spawn } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { findProgram } from '../../../../src/host/find-program.ts';
import { eventually } from '../ct.ts';

/** What a server of the lab wrote down. */
export interface Noted {
  readonly kind: string;
  readonly name?: string;
  readonly host?: string;
  readonly url?: string;
  readonly to?: string;
  readonly authorization?: string;
}

/** A small Internet of our own, and the process that serves sessions in the middle of it. */
export interface Lab {
  /** Certificate that its servers use, to be trusted inside */
  readonly certificate: string;
  /** Directory whose `files/` the web servers give out */
  readonly dir: string;
  /** Variables for `ct`: whoever has them is served by the lab */
  readonly env: Readonly<Record<string, string>>;
  /** Host pid of the process that serves the sessions */
  owner(): number;
  /** What arrived at everybody else's servers so far */
  world(): readonly Noted[];
  /** What arrived at the host's own servers so far: nothing, if all is well */
  host(): readonly Noted[];
  /** Runs a shell script where the serving process is, as root of the lab; throws when it fails */
  enter(script: string): Promise<void>;
  /** `work` with a program missing where the serving process is */
  without<T>(program: string, work: () => Promise<T>): Promise<T>;
  stop(): Promise<void>;
}

const beside = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/**
 * Makes the lab: two network namespaces within the account's own user namespace, joined by a cable,
 * without any way to the world outside. The gateway runs in the one, so all it can reach is the other.
 * The sessions are ordinary ones of this account. `variables` are for the process that serves.
 */
export async function startLab(variables: Readonly<Record<string, string>> = {}): Promise<Lab> {
  const engine = process.env['XDG_RUNTIME_DIR'] ?? '';
  // Of its own: sessions of other suites may have a process that serves them.
  const runtime = mkdtempSync(`${engine}/served-`);
  const dir = mkdtempSync(`${engine}/lab-`);
  mkdirSync(`${dir}/files`);
  makeCertificate(dir);
  makeSsh(dir);
  const ct = process.env['CT_TEST_BIN'] ?? '';
  const inside = [beside('enter.sh'), dir, process.execPath, beside('world.mjs'), ct, runtime];
  const child = spawn('podman', ['unshare', 'unshare', '-n', '-m', 'sh', ...inside], {
    stdio: ['pipe', 'ignore', 'inherit'],
    cwd: '/',
    env: { ...process.env, ...variables, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  await eventually('the lab is up', () => existsSync(`${runtime}/ct/network.sock`));
  const enter = async (script: string): Promise<void> => {
    const pid = readFileSync(`${dir}/owner.pid`, 'utf8').trim();
    const words = ['unshare', 'nsenter', '-t', pid, '-m', 'sh', '-euc', script];
    const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
    await promisify(execFile)('podman', words, { cwd: '/', env: { ...process.env, PATH } });
  };
  return {
    env: { XDG_RUNTIME_DIR: runtime, CONTAINER_HOST: `unix://${engine}/ct/podman.sock` },
    certificate: readFileSync(`${dir}/cert.pem`, 'utf8'),
    dir,
    owner: () => Number(readFileSync(`${dir}/owner.pid`, 'utf8')),
    world: () => notes(`${dir}/world.log`),
    host: () => notes(`${dir}/host.log`),
    enter,
    without: async (program, work) => {
      // A name may be a link: what it leads to is covered.
      const path = realpathSync(findProgram(program, {}) ?? program);
      await enter(`mount --bind /dev/null '${path}'`);
      try {
        return await work();
      } finally {
        await enter(`umount '${path}'`);
      }
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.stdin.end();
      await ended;
      rmSync(runtime, { recursive: true, force: true });
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function makeCertificate(dir: string): void {
  const names = ['*.example.test', 'example.test', 'evil.test', '*.wild.test', 'other.test'];
  execFileSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-keyout', `${dir}/key.pem`, '-out', `${dir}/cert.pem`, '-days', '2'],
      ...['-subj', '/CN=lab', '-addext', 'basicConstraints=critical,CA:TRUE'],
      ...['-addext', `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`],
    ],
    { stdio: 'ignore' },
  );
}

/** Keys of the ssh server, and of the one who may come in: root of the lab, who is nobody outside. */
function makeSsh(dir: string): void {
  const quiet = { stdio: 'ignore' } as const;
  execFileSync('dropbearkey', ['-t', 'ed25519', '-f', `${dir}/ssh_host`], quiet);
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${dir}/ssh_user`], quiet);
  mkdirSync(`${dir}/home/.ssh`, { recursive: true, mode: 0o700 });
  copyFileSync(`${dir}/ssh_user.pub`, `${dir}/home/.ssh/authorized_keys`);
}

function notes(path: string): readonly Noted[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Noted);
}

/** A configuration directory with this text, for `XDG_CONFIG_HOME`. */
export function configured(toml: string): string {
  const home = mkdtempSync(`${process.env['XDG_RUNTIME_DIR'] ?? ''}/config-`);
  mkdirSync(`${home}/ct`);
  writeFileSync(`${home}/ct/config.toml`, toml, { mode: 0o600 });
  return home;
}
