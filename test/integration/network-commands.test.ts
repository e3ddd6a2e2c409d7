import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { serveControl, type ControlHandler } from '../../src/gateway/control/server.ts';
import { networkLogPath } from '../../src/gateway/control/place.ts';
import type { NetworkPolicy } from '../../src/network/policy.ts';
import type { NetworkRecord } from '../../src/network/record.ts';
import { ct, startCt, type Done } from './support/ct.ts';

const TEXT = [
  '# mine',
  '[network]   # net',
  'mode = "strict"',
  'allowed_domains = [',
  '  "keep.example", # because',
  ']',
  '',
  '[logs]',
  'retention_days = 3 # short',
  '',
].join('\n');

let home: string;
let file: string;

beforeEach(() => {
  home = mkdtempSync(join(realpathSync(process.env['HOME'] ?? '/tmp'), 'ct-net-'));
  mkdirSync(join(home, 'config/ct'), { recursive: true, mode: 0o700 });
  mkdirSync(join(home, 'run'), { mode: 0o700 });
  file = join(home, 'config/ct/config.toml');
  writeFileSync(file, TEXT, { mode: 0o644 });
});

const env = (): Record<string, string> => ({
  XDG_CONFIG_HOME: join(home, 'config'),
  XDG_STATE_HOME: join(home, 'state'),
  XDG_RUNTIME_DIR: join(home, 'run'),
});
const network = (...words: string[]): Promise<Done> =>
  ct(['network', ...words], { cwd: home, env: env() });
const text = (): string => readFileSync(file, 'utf8');
const lines = (of: string): readonly string[] => of.split('\n');

describe('ct network, on a real configuration', () => {
  it('adds and removes rules and leaves every other line alone', async () => {
    expect(await network('allow', 'new.example', '203.0.113.0/24')).toMatchObject({ status: 0 });
    expect(lines(text()).filter((line) => !lines(TEXT).includes(line))).toEqual([
      'allowed_ips = ["203.0.113.0/24"]',
      '  "new.example",',
    ]);
    expect(await network('remove', 'NEW.example', '203.0.113.0/24')).toMatchObject({ status: 0 });
    expect(text()).toBe(TEXT.replace('# net\n', '# net\nallowed_ips = []\n'));
  });

  it('says what is there already, and changes nothing', async () => {
    const again = await network('allow', 'Keep.Example.');
    expect(again.stdout.toString()).toContain('was allowed already: Keep.Example.');
    expect([again.status, text()]).toEqual([0, TEXT]);
  });

  it.each([
    [['allow', '*.com'], /anybody can have a name below 'com'/u],
    [['allow', '*.amazonaws.com'], /parts in which anybody/u],
    [['allow', 'https://a.example/'], /write 'a\.example'/u],
    [['allow', '10.1.2.3/8'], /bits set behind/u],
    [['allow', '127.0.0.1'], /host_services/u],
    [['block', 'keep.example'], /'keep\.example' is allowed[^]*ct network remove 'keep\.example'/u],
    [['allow', '\u001b[31mred.example'], /\\e\[31m/u],
    [['allow'], /say which/u],
    // What `ct network allow *` comes to in this directory.
    [['allow', 'config', 'run'], /files here[^]*quote it/u],
    [['clear'], /ct network clear --yes/u],
    [['remove', '--save', '--nonsense', 'x'], /--nonsense/u],
  ])('refuses %j and leaves the file as it is', async (words, expected) => {
    const { status, stderr, stdout } = await network(...words);
    expect(status).toBe(2);
    expect(stderr).toMatch(expected);
    expect(stderr + stdout.toString()).not.toContain('\u001b');
    expect(text()).toBe(TEXT);
  });

  it('says which agent brings along what cannot be removed', async () => {
    const { status, stderr } = await network('remove', 'generativelanguage.googleapis.com');
    expect(status).toBe(125);
    expect(stderr).toContain("ct network block 'generativelanguage.googleapis.com'");
    expect((await network('block', 'generativelanguage.googleapis.com')).status).toBe(0);
    expect(text()).toContain('blocked_domains = ["generativelanguage.googleapis.com"]');
  });

  it('loses no rule when ten of them are added at once', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `n${index}.example`);
    const done = await Promise.all(names.map((name) => network('allow', name)));
    expect(done.map(({ status }) => status)).toEqual(names.map(() => 0));
    for (const name of [...names, 'keep.example']) expect(text()).toContain(`"${name}"`);
  });

  it('changes the file that a link leads to, and keeps link and mode', async () => {
    const real = join(home, 'dotfile.toml');
    writeFileSync(real, TEXT, { mode: 0o600 });
    const { unlinkSync } = await import('node:fs');
    unlinkSync(file);
    symlinkSync('../../dotfile.toml', file);
    expect((await network('allow', 'new.example')).status).toBe(0);
    expect(readlinkSync(file)).toBe('../../dotfile.toml');
    expect(readFileSync(real, 'utf8')).toContain('"new.example"');
    expect(statSync(real).mode & 0o777).toBe(0o600);
  });

  it('leaves a file alone that is read-only, and one that is wrong already', async () => {
    chmodSync(file, 0o444);
    const readOnly = await network('allow', 'new.example');
    expect([readOnly.status, text()]).toEqual([125, TEXT]);
    expect(readOnly.stderr).toContain('permission denied');
    chmodSync(file, 0o644);
    const wrong = `${TEXT}[network]\n`;
    writeFileSync(file, wrong);
    const { status, stderr } = await network('allow', 'new.example');
    expect([status, text()]).toEqual([125, wrong]);
    expect(stderr).toMatch(/config\.toml:\d+:\d+: not valid TOML/u);
  });

  it('says where a rule of the file is wrong', async () => {
    writeFileSync(file, TEXT.replace('keep.example', '*.co.uk'));
    const { status, stderr } = await network('list');
    expect(status).toBe(125);
    expect(stderr).toMatch(/config\.toml: network\.allowed_domains: '\*\.co\.uk'/u);
  });

  it('lists rules with their origin, as text and as data', async () => {
    writeFileSync(file, TEXT.replace('[logs]', 'blocked_domains = ["*.keep.example"]\n[logs]'));
    const listed = (await network('list', '--json')).stdout.toString();
    const { rules } = JSON.parse(listed) as { rules: readonly Record<string, unknown>[] };
    expect(rules).toContainEqual({
      ...{ rule: 'keep.example', list: 'allow', ports: [80, 443], origin: 'user' },
    });
    expect(rules.filter(({ origin }) => origin === 'agent gemini').length).toBeGreaterThan(0);
    expect(rules).toContainEqual({
      ...{ rule: '*.keep.example', list: 'block', ports: 'all', origin: 'user' },
    });
    expect((await network('list')).stdout.toString()).toMatch(
      /allow +keep\.example +80, 443 +user/u,
    );
  });

  it('takes every rule of the user away when that is meant', async () => {
    expect((await network('clear', '--yes')).status).toBe(0);
    expect(text()).not.toContain('keep.example');
    expect(text()).toContain('retention_days = 3 # short');
  });
});

describe('ct network, with a session that runs', () => {
  const record: NetworkRecord = {
    ...{ time: 1_700_000_000_000, session: 'cafe0123', event: 'connect', verdict: 'deny' },
    ...{ reason: 'not_allowed', name: 'seen.example', port: 8443 },
  };

  /** The session's side of the socket, with the real server and a policy to look at. */
  async function session(work: (policy: () => NetworkPolicy, emit: () => void) => Promise<void>) {
    let policy: NetworkPolicy = {
      ...{ schema: 1, mode: 'strict', allow: [], block: [], ports: [80, 443], allowPrivate: [] },
      hostServices: {},
    };
    const listeners = new Set<(one: NetworkRecord) => void>();
    const handler: ControlHandler = {
      status: () => ({
        ...{ session: 'cafe0123', agent: 'shell', policy, names: 1, connections: [] },
        counts: { allowed: 1, denied: 2 },
      }),
      setPolicy: async (next) => {
        policy = next;
        return 1;
      },
      subscribe: (listener) => {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    mkdirSync(join(home, 'run/ct'), { mode: 0o700 });
    const server = await serveControl(join(home, 'run'), 'cafe0123', handler);
    try {
      await work(
        () => policy,
        () => listeners.forEach((listener) => listener({ ...record, port: 9443 })),
      );
    } finally {
      await server.close();
    }
  }

  it('is in force at once, in the session and in the file', async () => {
    await session(async (policy) => {
      const done = await network('allow', 'new.example');
      expect(done.stdout.toString()).toContain('session cafe0123: in force; 1 open connection cut');
      expect(policy().allow.map((rule) => rule.text)).toEqual(['new.example']);
      expect(text()).toContain('"new.example"');
      expect((await network('remove', 'new.example')).status).toBe(0);
      expect(policy().allow).toEqual([]);
    });
  });

  it('stays in one session with --session, unless it is to be saved', async () => {
    await session(async (policy) => {
      expect((await network('block', 'bad.example', '--session', 'cafe')).status).toBe(0);
      expect(policy().block.map((rule) => rule.text)).toEqual(['bad.example']);
      expect(text()).toBe(TEXT);
      await network('block', 'worse.example', '--session', 'cafe', '--save');
      expect(text()).toContain('worse.example');
      const unknown = await network('allow', 'x.example', '--session', 'beef');
      expect([unknown.status, text().includes('x.example')]).toEqual([125, false]);
    });
  });

  it('shows its status, and its rules as they are in force', async () => {
    await session(async () => {
      expect((await network('status')).stdout.toString()).toMatch(/^cafe0123 {2}shell {2}strict/u);
      const status = JSON.parse((await network('status', '--json')).stdout.toString()) as object;
      expect(status).toMatchObject({ networks: [{ session: 'cafe0123', names: 1 }] });
      const rules = await network('list', '--session', 'cafe0123');
      expect(rules.stdout.toString()).toContain('strict sessions reach nothing');
    });
  });

  it('shows the log, and goes on with what comes until the session ends', async () => {
    mkdirSync(join(home, 'state/ct/audit'), { recursive: true, mode: 0o700 });
    const path = networkLogPath(join(home, 'state/ct'), 'cafe0123');
    writeFileSync(path, `${JSON.stringify(record)}\n{"torn`);
    expect((await network('log')).stdout.toString()).toMatch(
      /^\d\d:\d\d:\d\d deny +connect seen\.example:8443 +not allowed\n$/u,
    );
    const lesson = await network('log', '--session', 'cafe', '--rules');
    expect(lesson.stdout.toString()).toContain("ct network allow 'seen.example:8443'");
    const asked = { ...record, event: 'dns', name: 'asked.example', port: undefined };
    writeFileSync(path, `${JSON.stringify(asked)}\n`);
    expect((await network('log', '--rules')).stdout.toString()).toContain(
      "asked for one destination that the lists lack:\n  ct network allow 'asked.example'\n",
    );
    writeFileSync(path, `${JSON.stringify(record)}\n`);
    await session(async (_policy, emit) => {
      const following = startCt(['network', 'log', '-f', '--json'], { cwd: home, env: env() });
      let seen = '';
      following.stdout.on('data', (chunk: Buffer) => (seen += chunk.toString()));
      while (!seen.includes('8443')) await new Promise((resolve) => setTimeout(resolve, 20));
      emit();
      while (!seen.includes('9443')) await new Promise((resolve) => setTimeout(resolve, 20));
      expect(lines(seen.trim()).map((line) => (JSON.parse(line) as NetworkRecord).port)).toEqual([
        8443, 9443,
      ]);
      following.kill('SIGTERM');
      await following.finished;
    });
  });
});
