import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually } from './ct.ts';

/** Where the model API is, as a session sees it. */
export const MODEL_ADDRESS = 'https://localhost:8443';

/** One request that the model API got. */
export interface ModelRequest {
  readonly path: string;
  readonly isAuthorised?: boolean;
  readonly isKnown?: boolean;
  /** What the agent's tools had given so far, as JSON */
  readonly results?: readonly string[];
}

/** A certificate authority of the suite's own with a certificate for localhost, and a place for the log. */
export function makeAuthority(): {
  readonly dir: string;
  readonly ca: string;
  readonly log: string;
} {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'ct-model-'));
  const openssl = (...args: string[]): void => {
    const { status, stderr } = spawnSync('openssl', args, { cwd: dir, encoding: 'utf8' });
    if (status !== 0) throw new Error(`openssl ${args[0] ?? ''}: ${stderr}`);
  };
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-days',
    '2',
    '-subj',
    '/CN=ct test suite',
  );
  openssl('req', ...key, '-keyout', 'key.pem', '-out', 'request.pem', '-subj', '/CN=localhost');
  writeFileSync(join(dir, 'names'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const sign = [
    '-req',
    '-in',
    'request.pem',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-CAcreateserial',
  ];
  openssl('x509', ...sign, '-out', 'cert.pem', '-days', '2', '-extfile', 'names');
  return { dir, ca: join(dir, 'ca.pem'), log: join(dir, 'requests') };
}

/** Runs the model API inside the network namespace of the session whose PID 1 has the host pid `pid`. */
export async function serveInside(
  pid: number,
  input: {
    readonly dir: string;
    readonly log: string;
    readonly project: string;
    readonly key: string;
  },
): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('model-api/server.mjs', import.meta.url));
  const enter = ['-t', String(pid), '-U', '-n', '--preserve-credentials'];
  const server = spawn(
    'nsenter',
    [...enter, process.execPath, script, '8443', input.dir, input.project, input.key, input.log],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  await eventually('the model API listens', () => existsSync(input.log));
  return server;
}

/** What was asked of the model API so far. */
export function requestsIn(log: string): readonly ModelRequest[] {
  if (!existsSync(log)) return [];
  const lines = readFileSync(log, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ModelRequest);
}
