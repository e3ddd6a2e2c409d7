import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { probeService } from '../../src/doctor/service.ts';

const uid = process.getuid?.() ?? 0;

function place() {
  const home = mkdtempSync(join(tmpdir(), 'ct-home-'));
  const runtime = mkdtempSync(join(tmpdir(), 'ct-run-'));
  chmodSync(runtime, 0o700);
  mkdirSync(`${runtime}/ct`);
  return { home, runtime, env: { HOME: home, XDG_RUNTIME_DIR: runtime } };
}

it('sees a service that listens, and that there is none', async () => {
  const { runtime, env } = place();
  expect(await probeService(env, uid)).toEqual({ state: 'none', missing: [] });
  const server = createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(`${runtime}/ct/daemon.sock`, resolve));
  expect(await probeService(env, uid)).toEqual({ state: 'runs', missing: [] });
  await new Promise((resolve) => server.close(resolve));
});

it('sees units, and what they would start that is not there', async () => {
  const { home, runtime, env } = place();
  const units = `${home}/.config/systemd/user`;
  mkdirSync(units, { recursive: true });
  mkdirSync(`${runtime}/systemd`);
  writeFileSync(`${runtime}/systemd/private`, '');
  writeFileSync(`${units}/ct.socket`, '');
  const start = (node: string): void =>
    writeFileSync(`${units}/ct.service`, `[Service]\nExecStart="${node}" "internal" "daemon"\n`);
  start(process.execPath);
  expect(await probeService(env, uid)).toEqual({ state: 'installed', missing: [] });
  start('/nowhere/node');
  expect(await probeService(env, uid)).toEqual({ state: 'installed', missing: ['/nowhere/node'] });
});
