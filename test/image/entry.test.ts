import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { PATHS } from '../../src/base/layout.ts';
import { gateLines } from '../../src/secrets/gate-lines.ts';
import { Secret } from '../../src/secrets/secret.ts';

const template = readFileSync(new URL('../../templates/entry.sh', import.meta.url), 'utf8');

let dir: string;
let gate: string;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-entry-'));
  gate = join(dir, 'gate');
  writeFileSync(join(dir, 'entry'), template.replace(PATHS.gate, gate));
});

/** Starts the entry script, with its gate in a temporary directory. */
function start(command: readonly string[]) {
  const child = spawn('/bin/sh', [join(dir, 'entry'), ...command], { stdio: 'pipe' });
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const status = once(child, 'close').then(([code, signal]: unknown[]) => code ?? signal);
  return { child, status, said: () => said };
}

/** Opens and removes the gate, as ct does from outside. */
async function open(line: string | Buffer = 'open\n'): Promise<void> {
  while (!existsSync(gate)) await sleep(2);
  writeFileSync(gate, line);
  rmSync(gate);
}

async function run(command: readonly string[]): Promise<{ status: unknown; said: string }> {
  const { status, said } = start(command);
  await open();
  return { status: await status, said: said() };
}

describe('the entry script', () => {
  test('has its gate where the plan looks for it', () => {
    expect(template).toContain(`gate=${PATHS.gate}\n`);
  });

  test('waits until the gate opens, then becomes the command', async () => {
    const { child, status, said } = start(['/bin/sh', '-c', 'echo $$; exit 37']);
    while (!existsSync(gate)) await sleep(2);
    // Time to do wrong, should it not wait.
    await sleep(100);
    expect(said()).toBe('');
    expect(statSync(gate).isFIFO()).toBe(true);
    expect(statSync(gate).mode & 0o777).toBe(0o600);
    await open();
    expect(await status).toBe(37);
    expect(said()).toBe(`${child.pid}\n`);
  });

  test('passes arguments on as they are', async () => {
    const odd = ['a b', '', '*', '$HOME', '-n', 'line\nbreak', "quote'"];
    const { said } = await run(['/usr/bin/printf', '[%s]', ...odd]);
    expect(said).toBe(odd.map((word) => `[${word}]`).join(''));
  });

  test('leaves stdin to the command', async () => {
    const { child, status, said } = start(['cat']);
    child.stdin.end('for the command');
    await open();
    expect(await status).toBe(0);
    expect(said()).toBe('for the command');
  });

  test('leaves nothing of its own in the environment', async () => {
    const { said } = await run(['env']);
    expect(said).not.toMatch(/^(?:gate|line)=/mu);
  });

  test('ends with 127 when there is no such command', async () => {
    const missing = { status: 127, said: 'ct: no-such-agent: command not found in the session\n' };
    expect(await run(['no-such-agent'])).toEqual(missing);
    expect((await run(['/no/such'])).status).toBe(127);
    expect((await run(['-x'])).status).toBe(127);
  });

  test('ends with 126 when it cannot be executed', async () => {
    writeFileSync(join(dir, 'plain'), 'text');
    expect((await run([join(dir, 'plain')])).status).toBe(126);
    expect((await run([dir])).status).toBe(126);
  });

  test('ends with 127 when the interpreter of a script is missing', async () => {
    writeFileSync(join(dir, 'script'), '#!/no/such/interpreter\n');
    chmodSync(join(dir, 'script'), 0o755);
    expect((await run([join(dir, 'script')])).status).toBe(127);
  });

  test('gives the command the variables that come before the word, byte for byte', async () => {
    const every = Buffer.from([...Array(255).keys()].map((index) => index + 1));
    const { status, child } = start(['/usr/bin/env', '-0']);
    const chunks: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    const two = [new Secret('EVERY', every), new Secret('LINES', Buffer.from('\n!\nopen\n'))];
    await open(gateLines(two));
    expect(await status).toBe(0);
    const variables = Buffer.concat(chunks).toString('latin1').split('\0');
    expect(variables).toContain(`EVERY=${every.toString('latin1')}`);
    expect(variables).toContain('LINES=\n!\nopen\n');
    for (const name of ['line', 'name', 'value', 'joint', 'has_secret', 'is_open']) {
      expect(variables.filter((variable) => variable.startsWith(`${name}=`))).toEqual([]);
    }
  });

  test.each([
    ['with variables', 1],
    ['without', 0],
  ])('leaves a crash nothing to write to disk %s, if there is a reason', async (_how, count) => {
    const { status, said } = start(['/bin/sh', '-c', 'ulimit -c; cat /proc/self/coredump_filter']);
    await open(gateLines([new Secret('A', Buffer.from('b'))].slice(0, count)));
    expect(await status).toBe(0);
    expect(said() === '0\n00000000\n').toBe(count === 1);
  });

  test('stays closed when it is told half of a value', async () => {
    const { status, said } = start(['echo', 'agent ran']);
    await open('=A\n+half');
    expect(await status).toBe(125);
    expect(said()).not.toContain('agent ran');
  });

  test('stays closed when nobody writes a line', async () => {
    const { status, said } = start(['echo', 'agent ran']);
    await open('');
    expect(await status).toBe(125);
    expect(said()).not.toContain('agent ran');
  });

  test('ends with 125 when it has no command or no place for the gate', async () => {
    expect(await start([]).status).toBe(125);
    writeFileSync(join(dir, 'entry'), template.replace(PATHS.gate, '/no/such/dir/gate'));
    expect(await start(['true']).status).toBe(125);
  });

  test('dies of SIGTERM while it waits', async () => {
    const { child, status } = start(['true']);
    while (!existsSync(gate)) await sleep(2);
    child.kill('SIGTERM');
    expect(await status).toBe('SIGTERM');
  });

  test('starts no program but mkfifo before the command', () => {
    // Each is half a millisecond of every run.
    const words = template.replace(/^#.*$/gmu, '').match(/^\s*(?:mkfifo|rm|[a-z]+)\b/gmu) ?? [];
    const builtins = [
      'gate',
      'newline',
      'while',
      'open', // a word that the gate may say
      'done',
      'ulimit',
      'echo',
      'fi',
      'fail',
      'printf',
      'exit',
      'read',
      'unset',
      'case',
      'if',
      'esac',
      'exec',
    ];
    const programs = words.map((word) => word.trim()).filter((word) => !builtins.includes(word));
    expect(programs).toEqual(['mkfifo']);
  });

  test('is shell that dash and bash both read', () => {
    execFileSync('/bin/sh', ['-n', join(dir, 'entry')]);
    execFileSync('bash', ['--posix', '-n', join(dir, 'entry')]);
  });
});
