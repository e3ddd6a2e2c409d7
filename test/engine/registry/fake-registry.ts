import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import type { Account } from '../../../src/engine/registry/account.ts';
import { platformOf } from '../../../src/engine/registry/manifest.ts';

/** What a request came with. */
export interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly range: string | undefined;
}

/** Answers before the registry does, if it wants to: true when it did. */
export type Meddler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A registry on loopback that keeps to the protocol as far as nobody meddles. */
export interface FakeRegistry {
  /** `localhost:PORT` */
  readonly host: string;
  readonly asked: Asked[];
  /** What it gives, by path behind `/v2/` */
  readonly things: Map<string, { readonly type: string; readonly body: Buffer }>;
  meddle(meddler: Meddler): void;
  close(): Promise<void>;
}

/** Directory with `cert.pem` and `key.pem` for localhost and registry.test. */
export function makeCertificate(directory: string): void {
  const done = spawnSync('openssl', [
    ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'],
    ...['-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost,DNS:registry.test'],
    ...['-keyout', `${directory}/key.pem`, '-out', `${directory}/cert.pem`],
  ]);
  if (done.status !== 0) throw new Error(`openssl: ${done.stderr.toString()}`);
}

/** An account whose files lie in `directory`. */
export function accountIn(directory: string, env: NodeJS.ProcessEnv = {}): Account {
  const home = `${directory}/home`;
  mkdirSync(`${home}/.config/containers`, { recursive: true });
  return { env, home, runtimeDir: `${directory}/run`, stateDir: `${directory}/state` };
}

/** Makes `account` trust the certificate of `directory` for a registry. */
export function trust(account: Account, directory: string, host: string): void {
  const dir = `${account.home}/.config/containers/certs.d/${host}`;
  mkdirSync(dir, { recursive: true });
  cpSync(`${directory}/cert.pem`, `${dir}/ca.crt`);
}

/** Writes one of the account's files below ~/.config/containers. */
export function write(account: Account, name: string, text: string): void {
  writeFileSync(`${account.home}/.config/containers/${name}`, text);
}

/** Starts one with the certificate of `directory`. */
export async function startFake(directory: string): Promise<FakeRegistry> {
  const asked: Asked[] = [];
  const things: FakeRegistry['things'] = new Map();
  let meddler: Meddler = () => false;
  const secrets = {
    cert: readFileSync(`${directory}/cert.pem`),
    key: readFileSync(`${directory}/key.pem`),
  };
  const server = createServer(secrets, (request, response) => {
    const { authorization, range } = request.headers;
    asked.push({ path: request.url ?? '', authorization, range });
    if (!meddler(request, response)) give(things, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `localhost:${(server.address() as AddressInfo).port}`,
    ...{ asked, things },
    meddle: (next) => (meddler = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function give(
  things: FakeRegistry['things'],
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const thing = things.get((request.url ?? '').replace('/v2/', ''));
  if (thing === undefined) {
    const problem = { errors: [{ code: 'MANIFEST_UNKNOWN', message: 'manifest unknown' }] };
    response.writeHead(404).end(JSON.stringify(problem));
    return;
  }
  const { type, body } = thing;
  const from = Number(/^bytes=(\d+)-$/u.exec(request.headers.range ?? '')?.[1] ?? 0);
  const headers = { 'content-type': type, 'content-length': body.length - from };
  if (from === 0) response.writeHead(200, headers);
  else {
    const range = `bytes ${from}-${body.length - 1}/${body.length}`;
    response.writeHead(206, { ...headers, 'content-range': range });
  }
  response.end(body.subarray(from));
}

/** `sha256:…` */
export function digestOf(bytes: Buffer): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

const OCI = 'application/vnd.oci.image';

/** An image to put into a registry; everything about it can be changed for the worse. */
export interface ImageChange {
  readonly tars?: readonly Buffer[];
  readonly config?: Readonly<Record<string, unknown>>;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly type?: string;
}

/** Puts an image into the registry as `name:tag`; gives its manifest's digest. */
export function put(
  registry: FakeRegistry,
  name: string,
  tag: string,
  change: ImageChange = {},
): string {
  const tars = change.tars ?? [Buffer.from('a layer'.repeat(1000))];
  const layers = tars.map((tar) => putBlob(registry, name, gzipSync(tar), 'layer.v1.tar+gzip'));
  const rootfs = { type: 'layers', diff_ids: tars.map(digestOf) };
  const config = { ...platformOf(process.arch), rootfs, ...change.config };
  const configBytes = Buffer.from(JSON.stringify(config));
  const manifest = {
    schemaVersion: 2,
    mediaType: `${OCI}.manifest.v1+json`,
    config: putBlob(registry, name, configBytes, 'config.v1+json'),
    layers,
    ...change.manifest,
  };
  return putManifest(registry, `${name}/manifests/${tag}`, manifest, change.type);
}

/** Puts a manifest there, under a tag and its digest. */
export function putManifest(
  registry: FakeRegistry,
  path: string,
  manifest: unknown,
  type = `${OCI}.manifest.v1+json`,
): string {
  const body = Buffer.from(JSON.stringify(manifest));
  const digest = digestOf(body);
  registry.things.set(path, { type, body });
  registry.things.set(path.replace(/[^/]+$/u, digest), { type, body });
  return digest;
}

function putBlob(registry: FakeRegistry, name: string, body: Buffer, kind: string) {
  const digest = digestOf(body);
  registry.things.set(`${name}/blobs/${digest}`, { type: 'application/octet-stream', body });
  return { mediaType: `${OCI}.${kind}`, digest, size: body.length };
}
