import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentReport } from '../../../src/base/report.ts';
import {
  serviceArguments,
  serviceEnvironment,
  startService,
  type ServiceWish,
} from '../../../src/engine/podman/service.ts';

let dir: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-service-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** Puts a program called podman, written in Node, in front of the PATH. */
function fakePodman(body: string): NodeJS.ProcessEnv {
  const program = join(dir, 'podman');
  writeFileSync(program, `#!${process.execPath}\n${body}`);
  chmodSync(program, 0o755);
  return { PATH: `${dir}:/usr/bin:/bin`, SECRET_TOKEN: 'hunter2' };
}

function wish(env: NodeJS.ProcessEnv): ServiceWish {
  return {
    address: { path: join(dir, 'ct/podman.sock'), origin: 'ct' },
    caller: { uid: process.getuid?.() ?? 0 },
    env,
    runtimeDir: dir,
    stateDir: dir,
    idleSeconds: 7,
    report: silentReport,
  };
}

const LISTEN = `
const fs = require('node:fs');
const path = process.argv.at(-1).replace('unix://', '');
fs.appendFileSync(${'`'}\${process.env.XDG_RUNTIME_DIR}/starts${'`'}, process.argv.slice(2).join(' ') + '|' + Object.keys(process.env).sort().join() + '\\n');
const server = require('node:net').createServer((s) => s.on('error', () => {}).resume());
setTimeout(() => server.listen(path), 200);
setTimeout(() => process.exit(), 4000);
`;

describe('startService', () => {
  it('starts one service for many who ask at once', async () => {
    const env = fakePodman(LISTEN);
    const sockets = await Promise.all(Array.from({ length: 20 }, () => startService(wish(env))));
    for (const socket of sockets) socket.destroy();
    const starts = readFileSync(join(dir, 'starts'), 'utf8').trim().split('\n');
    expect(starts).toHaveLength(1);
    expect(starts[0]).toContain(`system service --time 7 unix://${dir}/ct/podman.sock`);
    expect(starts[0]).not.toContain('SECRET_TOKEN');
  });

  it('gives the last words of a service that ends at once', async () => {
    const env = fakePodman(
      'console.error("Error: no subuid ranges found for user x"); process.exit(125)',
    );
    await expect(startService(wish(env))).rejects.toMatchObject({
      code: 'failed_precondition',
      message: expect.stringContaining('no subuid ranges') as string,
      hint: expect.stringContaining('uidmap') as string,
    });
    expect(existsSync(join(dir, 'logs/podman-service.log'))).toBe(true);
  });

  it('says how to install what is missing', async () => {
    await expect(startService(wish({ PATH: dir, HOME: dir }))).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('apt install') as string,
    });
  });
});

describe('serviceArguments', () => {
  const base = { address: { path: '/s', origin: 'ct' }, idleSeconds: 300 };

  it('names runc only where crun would not do', () => {
    writeFileSync(join(dir, 'runc'), '', { mode: 0o755 });
    const env = { PATH: dir };
    expect(serviceArguments({ ...base, env }, false)).toEqual([
      'system',
      'service',
      '--time',
      '300',
      'unix:///s',
    ]);
    expect(serviceArguments({ ...base, env }, true).slice(0, 2)).toEqual(['--runtime', 'runc']);
  });
});

describe('serviceEnvironment', () => {
  it('passes on what Podman needs and nothing else', () => {
    const env = serviceEnvironment(
      { HOME: '/h', PATH: '/mine', https_proxy: 'p', GITHUB_TOKEN: 't', XDG_RUNTIME_DIR: '/other' },
      '/run/user/7',
    );
    expect(env).toEqual({
      HOME: '/h',
      https_proxy: 'p',
      XDG_RUNTIME_DIR: '/run/user/7',
      PATH: '/mine:/usr/local/sbin:/usr/sbin:/sbin',
    });
  });
});
