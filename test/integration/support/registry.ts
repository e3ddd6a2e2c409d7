import { execFile, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { eventually } from './ct.ts';
import { closedPort } from './faults.ts';
import { startTokenServer, type TokenRules, type TokenServer } from './token-server.ts';

/** A registry of the test's own on loopback, with a certificate. */
export interface Registry {
  /** `localhost:PORT` */
  readonly host: string;
  /** Puts an image of this account into it, under `name` */
  push(reference: string, name: string): Promise<void>;
  /** Makes the engines of this account trust its certificate, or not */
  trust(isTrusted: boolean): void;
  /** Its certificate is also good for another name, until it is closed */
  trustAlso(host: string): void;
  close(): Promise<void>;
}

/** Who is let in. */
export interface Gate {
  /** Those with a password: bcrypt lines of htpasswd */
  readonly users?: string;
  /** Those with a token of a server of the test's own */
  readonly tokens?: TokenRules;
}

/** Starts Debian's docker-registry as this account; without a gate it is open to all. */
export async function startRegistry(gate: Gate = {}): Promise<Registry> {
  const directory = mkdtempSync(join(homedir(), 'ct-registry-'));
  const port = await closedPort();
  makeCertificate(directory);
  if (gate.users !== undefined) writeFileSync(`${directory}/users`, gate.users);
  const tokens = gate.tokens && (await startTokenServer(directory, gate.tokens));
  writeFileSync(
    `${directory}/config.yml`,
    config(directory, port, authOf(directory, gate, tokens)),
  );
  const server = spawn('docker-registry', ['serve', `${directory}/config.yml`], {
    stdio: 'ignore',
  });
  await eventually('the registry listens', () => listens(port));
  const host = `localhost:${port}`;
  const hosts = [host];
  const trust = (isTrusted: boolean): void => {
    for (const name of hosts) {
      const certificates = join(homedir(), '.config/containers/certs.d', name);
      rmSync(certificates, { recursive: true, force: true });
      if (!isTrusted) continue;
      mkdirSync(certificates, { recursive: true });
      copyFileSync(`${directory}/cert.pem`, `${certificates}/ca.crt`);
    }
  };
  trust(true);
  return {
    host,
    trust,
    trustAlso: (name) => {
      hosts.push(name);
      trust(true);
    },
    push: async (reference, name) => {
      const login = gate.tokens === undefined ? [] : [`--creds=${gate.tokens.login}`];
      // Not blocking: the token server is in this process.
      await promisify(execFile)(
        'podman',
        ['push', '--quiet', ...login, reference, `${host}/${name}`],
        { cwd: '/', timeout: 120_000 },
      );
    },
    close: async () => {
      trust(false);
      await tokens?.close();
      await end(server);
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** Runs podman's own command for what a user would do by hand. */
export function podman(args: readonly string[]): void {
  const done = spawnSync('podman', args, { encoding: 'utf8', cwd: '/', timeout: 120_000 });
  if (done.status !== 0) throw new Error(`podman ${args.join(' ')}: ${done.stderr}`);
}

function authOf(directory: string, { users }: Gate, tokens: TokenServer | undefined): string {
  if (tokens !== undefined) {
    return `auth: { token: { realm: ${tokens.realm}, service: test, issuer: test, rootcertbundle: ${directory}/cert.pem } }`;
  }
  return users === undefined ? '' : `auth: { htpasswd: { realm: test, path: ${directory}/users } }`;
}

function config(directory: string, port: number, auth: string): string {
  return `version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: ${directory}/data } }
http:
  addr: 127.0.0.1:${port}
  tls: { certificate: ${directory}/cert.pem, key: ${directory}/key.pem }
${auth}
`;
}

function makeCertificate(directory: string): void {
  const done = spawnSync(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
      ...['-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'],
      ...['-keyout', `${directory}/key.pem`, '-out', `${directory}/cert.pem`],
    ],
    { encoding: 'utf8' },
  );
  if (done.status !== 0) throw new Error(`openssl: ${done.stderr}`);
}

async function listens(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGTERM');
  await ended;
}
