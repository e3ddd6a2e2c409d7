import { execFileSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually, project, sessions, startCt } from './support/ct.ts';
import { MODEL_ADDRESS, makeAuthority, requestsIn, serveInside } from './support/model-server.ts';

const TASK = 'In notes.txt change the colour to green, then count its lines into counted.txt.';

/** An agent, where it looks for its model and its key, and how it is asked to do a task unattended. */
interface Case {
  readonly agent: string;
  readonly key: string;
  readonly env: Readonly<Record<string, string>>;
  readonly args: readonly string[];
}

const CASES: readonly Case[] = [
  {
    agent: 'claude',
    key: 'ANTHROPIC_API_KEY',
    env: { ANTHROPIC_BASE_URL: MODEL_ADDRESS, CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1' },
    args: ['-p', TASK],
  },
  {
    agent: 'codex',
    key: 'OPENAI_API_KEY',
    env: {},
    args: [
      ...['exec', '--skip-git-repo-check', '-m', 'gpt-5', '-c', 'model_provider="suite"', '-c'],
      `model_providers.suite={name="suite",base_url="${MODEL_ADDRESS}/v1",env_key="OPENAI_API_KEY",wire_api="responses"}`,
      TASK,
    ],
  },
  {
    agent: 'gemini',
    // With an address of its own the plain API would want a login that it has no words for.
    key: 'GOOGLE_API_KEY',
    env: { GOOGLE_GENAI_USE_VERTEXAI: 'true', GOOGLE_VERTEX_BASE_URL: MODEL_ADDRESS },
    args: ['-m', 'gemini-2.5-flash', '-p', TASK],
  },
  {
    agent: 'qwen',
    key: 'OPENAI_API_KEY',
    env: { OPENAI_BASE_URL: `${MODEL_ADDRESS}/v1`, OPENAI_MODEL: 'qwen3-coder-plus' },
    args: ['--auth-type', 'openai', '-p', TASK],
  },
];

let server: ChildProcess | undefined;
afterEach(() => server?.kill('SIGKILL'));

/** A configuration under which the agent works alone, with its key as a granted secret. */
function configure({ agent, key, env }: Case): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), 'ct-config-'));
  mkdirSync(join(dir, 'ct'), { mode: 0o700 });
  const lines = [
    `[agents.${agent}]`,
    `secrets = ["${key}"]`,
    'yolo = true',
    '[environment]',
    `pass = ${JSON.stringify(Object.keys(env))}`,
  ];
  writeFileSync(join(dir, 'ct/config.toml'), `${lines.join('\n')}\n`, { mode: 0o600 });
  return dir;
}

function inspect(container: string, format: string): string {
  return execFileSync('podman', ['inspect', '--format', format, container], { encoding: 'utf8' });
}

describe.each(CASES)('$agent', (chosen) => {
  it('reads a file, changes it and runs a command, with a model that it reaches by TLS and a granted key', async () => {
    const { agent, key, env, args } = chosen;
    const cwd = project('task');
    writeFileSync(join(cwd, 'notes.txt'), 'shape: round\ncolour: red\n');
    const value = `suite-${randomBytes(16).toString('hex')}`;
    const authority = makeAuthority();
    const config = configure(chosen);
    const child = startCt([agent, '-ct-n', 'offline', ...args], {
      cwd,
      input: '',
      env: { ...env, [key]: value, XDG_CONFIG_HOME: config, NODE_EXTRA_CA_CERTS: authority.ca },
    });
    let container = '';
    await eventually('the session is there', async () => {
      const running = (await sessions()).find(({ status }) => status === 'running');
      container = running?.container ?? '';
      return running !== undefined || child.exitCode !== null;
    });
    const pid = Number(inspect(container, '{{.State.Pid}}'));
    const input = { ...authority, project: '/projects/task', key: value };
    server = await serveInside(pid, input);
    expect(inspect(container, '{{json .}}')).not.toContain(value);

    const done = await child.finished;
    const requests = requestsIn(authority.log);
    const seen = `${done.stdout.toString()}\n${done.stderr}\n${JSON.stringify(requests, null, 1)}`;
    expect(done.status, seen).toBe(0);
    expect(readFileSync(join(cwd, 'notes.txt'), 'utf8'), seen).toBe(
      'shape: round\ncolour: green\n',
    );
    expect(readFileSync(join(cwd, 'counted.txt'), 'utf8'), seen).toBe('2 notes.txt\nLinux\n');
    expect(done.stdout.toString()).toContain('TASK COMPLETE');
    const model = requests.filter(({ isKnown }) => isKnown === true);
    expect(model.every(({ isAuthorised }) => isAuthorised)).toBe(true);
    // The model saw what was in the file before it was changed.
    const results = model.flatMap((request) => request.results ?? []);
    expect(results.some((result) => result.includes('colour: red'))).toBe(true);
    for (const dir of [config, authority.dir]) rmSync(dir, { recursive: true, force: true });
  }, 300_000);
});
