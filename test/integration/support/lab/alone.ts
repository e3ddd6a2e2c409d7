import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';

/** Variables for a `ct` in whose runtime directory nobody serves networks: it does it itself. */
export function alone(): { readonly XDG_RUNTIME_DIR: string; readonly CONTAINER_HOST: string } {
  const engine = process.env['XDG_RUNTIME_DIR'] ?? '';
  const dir = mkdtempSync(`${engine}/alone-`);
  return { XDG_RUNTIME_DIR: dir, CONTAINER_HOST: `unix://${engine}/ct/podman.sock` };
}

const fakes: string[] = [];

/** An empty directory that everybody may read: the helper of a session is another user for a while. */
export function fakeDir(): string {
  const dir = mkdtempSync('/tmp/ct-fake-');
  chmodSync(dir, 0o755);
  fakes.push(dir);
  return dir;
}

/** Removes what {@link fakeDir} made. */
export function removeFakes(): void {
  for (const dir of fakes.splice(0)) rmSync(dir, { recursive: true });
}

/** A PATH on which a program of this name is found first. */
export function pathWith(name: string, script: string): string {
  const dir = fakeDir();
  writeFileSync(`${dir}/${name}`, `#!/bin/sh\n${script}\n`);
  chmodSync(`${dir}/${name}`, 0o755);
  return `${dir}:${process.env['PATH'] ?? ''}`;
}

/** Resolves when it listens, on a port that the kernel chose. */
export async function listening(server: Server, host: string): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, host, () => resolve()));
  return server;
}

/** Port of a server that listens. */
export function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
