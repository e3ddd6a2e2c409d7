import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { ct, eventually, project, startCt, type Done } from './support/ct.ts';
import { TerminalWindow } from './support/tmux.ts';
import { secretConfig, type SecretConfig } from './support/secret-config.ts';

const GRANTED = '[agents.shell]\nsecrets = ["DEMO_KEY", "GH_TOKEN"]\nsecret_files = ["CERT"]\n';

afterEach(async () => {
  await ct(['stop', '--all', '--timeout', '0s']);
});

/** Stores values the way a user does, by a pipe. */
async function withStored(values: Readonly<Record<string, string | Buffer>>, toml = GRANTED) {
  const config = secretConfig(toml);
  for (const [name, value] of Object.entries(values)) {
    const done = await ct(['secrets', 'set', name], { ...config.run, input: value });
    expect(done).toMatchObject({ status: 0 });
  }
  return config;
}

function inside(config: SecretConfig, script: string): Promise<Done> {
  return ct(['run', 'shell', '-c', script], config.run);
}

describe('delivery', () => {
  it('gives variables to the agent alone and files to the private tmpfs, 0400', async () => {
    const config = await withStored({
      DEMO_KEY: 'k-123456',
      GH_TOKEN: 'ghp_abc123',
      CERT: 'A\nB\n',
    });
    const script =
      'echo "$DEMO_KEY|$CERT_FILE|$GH_CONFIG_DIR"; cat "$CERT_FILE"; stat -c %a:%u "$CERT_FILE"; ' +
      'tr "\\0" "\\n" </proc/1/environ | grep -c DEMO_KEY; ls /run/secrets; stat -f -c %T /run/secrets';
    const done = await inside(config, script);
    expect(done.stderr).toBe('');
    expect(done.stdout.toString()).toBe(
      'k-123456|/run/secrets/CERT|/run/secrets/gh\nA\nB\n400:1000\n0\nCERT\ngh\ngit\ntmpfs\n',
    );
  });

  it('is byte-exact for values that shells and protocols trip over (AP-10)', async () => {
    const all = Buffer.from([...Array(255).keys()].map((index) => index + 1));
    const values = [
      ['quotes', Buffer.from('\'"`$(id)${HOME}\\n\\\\ ; #')],
      ['lines', Buffer.from('\n a\n\nb \n\n')],
      ['unicode', Buffer.from('ünï\u202e😀')],
      ['every byte', Buffer.concat([all, all])],
      ['64 KiB', Buffer.from(randomBytes(48 * 1024).toString('base64'))],
      ['an equals sign and a plus', Buffer.from('=A\n+b\n!\nopen')],
    ] as const;
    for (const [what, value] of values) {
      const config = secretConfig(
        '[agents.shell]\nsecrets = ["ODD"]\nsecret_files = ["ODD_FILE"]\n' +
          '[secrets.ODD]\nfile = "~/odd"\n[secrets.ODD_FILE]\nfile = "~/odd"\n',
      );
      writeFileSync(join(process.env['HOME'] ?? '', 'odd'), value, { mode: 0o600 });
      const program =
        'process.stdout.write(require("fs").readFileSync("/proc/self/environ","latin1").split("\\0").find(v=>v.startsWith("ODD=")).slice(4),"latin1")';
      const done = await inside(config, `node -e '${program}'; cat /run/secrets/ODD_FILE`);
      expect(done.stdout.equals(Buffer.concat([value, value])), `${what}: ${done.stderr}`).toBe(
        true,
      );
    }
  });

  it('refuses a NUL, nothing at all and more than 64 KiB with the reason, and stores nothing', async () => {
    const config = secretConfig('');
    for (const [value, why] of [
      ['a\0b', /NUL/u],
      ['', /empty/u],
      ['x'.repeat(70_000), /64 KiB/u],
    ] as const) {
      const done = await ct(['secrets', 'set', 'ODD'], { ...config.run, input: value });
      expect(done.status).toBe(2);
      expect(done.stderr).toMatch(why);
    }
    expect(readdirSync(config.configDir)).toEqual(['config.toml']);
  });

  it('gives programs beside the agent no variable, and the files of the same account', async () => {
    const config = await withStored({ DEMO_KEY: 'k-123456', CERT: 'cert' });
    const { stdout } = await ct(['run', '-d', 'shell', '-c', 'sleep 60'], config.run);
    const id = stdout.toString().trim();
    const exec = await ct(
      ['exec', id, '--', 'sh', '-c', 'echo "[$DEMO_KEY]"; cat /run/secrets/CERT'],
      config.run,
    );
    expect(exec.stdout.toString()).toBe('[]\ncert');
  });

  it('hands nothing over that lies about in the environment, and says how to', async () => {
    const { run } = secretConfig('');
    const env = {
      ...run.env,
      GEMINI_API_KEY: 'lying-about',
      GH_TOKEN: 'x-y-z',
      SSH_AUTH_SOCK: '/s',
      NPM_TOKEN: 'n',
    };
    const shell = await ct(['run', 'shell', '-c', 'env; ls -A /run/secrets'], { ...run, env });
    expect(shell.stdout.toString()).not.toMatch(/lying|x-y-z|SSH_AUTH|NPM_TOKEN/u);
    const gemini = await ct(['run', 'gemini', '--', '--version'], { ...run, env });
    expect(gemini.stderr).toContain('ct secrets grant gemini GEMINI_API_KEY');
    expect(gemini.stderr).not.toContain('lying');
  });

  it('goes on without one that is missing, and not without one that is required', async () => {
    const missing = await inside(
      secretConfig('[agents.shell]\nsecrets = ["NOT_THERE"]\n'),
      'echo ran',
    );
    expect(missing.stdout.toString()).toBe('ran\n');
    expect(missing.stderr).toMatch(/NOT_THERE is granted, but no source has it/u);
    const required = await inside(
      secretConfig('[agents.shell]\nrequired_secrets = ["NOT_THERE"]\n'),
      'echo ran',
    );
    expect(required.stdout.toString()).toBe('');
    expect(required.status).toBe(125);
    expect(required.stderr).toMatch(/NOT_THERE is required/u);
  });

  it('lets git and no other host have a token of its host', async () => {
    const config = await withStored({ GH_TOKEN: 'ghp_abc123' });
    const ask = (host: string, protocol = 'https'): string =>
      `printf 'protocol=${protocol}\\nhost=${host}\\n\\n' | GIT_TERMINAL_PROMPT=0 git credential fill 2>&1 | grep password=;`;
    const script = `${ask('github.com')} ${ask('evil.example')} ${ask('github.com', 'http')} ${ask('../gh')} true`;
    const done = await inside(config, script);
    expect(done.stdout.toString()).toBe('password=ghp_abc123\n');
  });
});

describe('rotation', () => {
  it('reaches running readers of files within a second, and names what has to start again', async () => {
    const config = await withStored({ DEMO_KEY: 'k-123456', CERT: 'old' });
    const child = startCt(
      [
        'run',
        'shell',
        '-c',
        'while [ "$(cat $CERT_FILE)" = old ]; do echo .; sleep 0.02; done; cat $CERT_FILE; date +%s%3N >&2',
      ],
      config.run,
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await eventually('it reads', () => out.includes('.'));
    const done = await ct(['secrets', 'rotate', 'CERT', '--json'], { ...config.run, input: 'new' });
    // From here on: how long ct itself takes to start is another matter.
    const rotated = Date.now();
    expect(JSON.parse(done.stdout.toString())).toMatchObject({
      sessions: [{ agent: 'shell', outcome: 'delivered' }],
    });
    const { stdout, stderr } = await child.finished;
    // Never half of one: a reader has the old value or the new.
    expect(stdout.toString()).toMatch(/^(?:\.\n)+new$/u);
    expect(Number(stderr.trim().split('\n').at(-1)) - rotated).toBeLessThan(1000);
  });

  it('brings each session what its own project has', async () => {
    const config = await withStored({ CERT: 'stored' });
    const script = 'while :; do cat $CERT_FILE; echo; sleep 0.05; done';
    const child = startCt(['run', 'shell', '-c', script], config.run);
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    await eventually('it reads', () => out.includes('stored'));
    const elsewhere = { ...config.run, cwd: project() };
    writeFileSync(join(elsewhere.cwd, '.env'), 'CERT=of-another-project\n');
    expect((await ct(['secrets', 'trust', '--yes'], elsewhere)).status).toBe(0);
    const done = await ct(['secrets', 'rotate', '--from-source', 'CERT', '--json'], elsewhere);
    expect(JSON.parse(done.stdout.toString())).toMatchObject({
      sessions: [{ agent: 'shell', outcome: 'delivered' }],
    });
    await sleep(200);
    child.kill('SIGTERM');
    await child.finished;
    expect(new Set(out.trim().split('\n'))).toEqual(new Set(['stored']));
  });

  it('says of a variable that it cannot be changed', async () => {
    const config = await withStored({ DEMO_KEY: 'k-123456' });
    await ct(['run', '-d', 'shell', '-c', 'sleep 60'], config.run);
    const done = await ct(['secrets', 'rotate', 'DEMO_KEY'], { ...config.run, input: 'k-654321' });
    expect(done.stdout.toString()).toMatch(/shell +needs a restart\n$/u);
    expect(done.stdout.toString() + done.stderr).not.toMatch(/k-\d/u);
  });

  it.each([
    ['the directory', 'rm -rf git; ln -s VICTIM git', 'failed'],
    ['the file', 'rm -rf git; mkdir git; ln -s VICTIM/x git/github.com', 'delivered'],
    ['a FIFO', 'rm -rf git; mkdir git; mkfifo git/github.com', 'delivered'],
    ['a full tmpfs', 'head -c 9000000 /dev/zero >fill', 'failed'],
  ])(
    'follows no link that the agent made and writes nowhere else: %s',
    async (_what, trick, outcome) => {
      const config = await withStored({ GH_TOKEN: 'ghp_abc123' });
      const victim = join(config.cwd, '..', `victim-${randomBytes(3).toString('hex')}`);
      mkdirSync(victim);
      const { stdout } = await ct(['run', '-d', 'shell', '-c', 'sleep 60'], config.run);
      const script = `cd /run/secrets; ${trick.replaceAll('VICTIM', victim)}`;
      await ct(['exec', stdout.toString().trim(), '--', 'sh', '-c', script], config.run);
      const done = await ct(['secrets', 'rotate', 'GH_TOKEN', '--json'], {
        ...config.run,
        input: 'ghp_new',
      });
      expect(JSON.parse(done.stdout.toString())).toMatchObject({ sessions: [{ outcome }] });
      expect(readdirSync(victim)).toEqual([]);
    },
  );
});

describe('ct secrets', () => {
  it.each([
    [['set', 'DEMO_KEY', 'sk-live-777']],
    [['set', 'DEMO_KEY=sk-live-777']],
    [['set', '--value=sk-live-777', 'DEMO_KEY']],
    [['rotate', 'DEMO_KEY', 'sk-live-777']],
    [['set', 'sk-live-777']],
    [['unset', 'sk-live-777', 'sk-live-777']],
  ])('refuses a value on the command line without repeating it: %j', async (words) => {
    const { run, configDir } = secretConfig('');
    const done = await ct(['secrets', ...words], run);
    expect(done.status).toBe(2);
    expect(done.stderr + done.stdout.toString()).not.toContain('sk-live');
    expect(readdirSync(configDir)).toEqual(['config.toml']);
  });

  it('keeps a file of mode 0600 in a directory of mode 0700, with its comments', async () => {
    const { configDir, run } = await withStored({ DEMO_KEY: 'one' });
    const path = join(configDir, 'secrets', 'secrets.toml');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(statSync(join(configDir, 'secrets')).mode & 0o777).toBe(0o700);
    writeFileSync(path, `# mine\n${readFileSync(path, 'utf8').trim()} # until May\n`);
    expect((await ct(['secrets', 'set', 'DEMO_KEY'], { ...run, input: 'two\n' })).status).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('# mine\nDEMO_KEY = "two" # until May\n');
    expect((await ct(['secrets', 'unset', 'DEMO_KEY'], run)).status).toBe(0);
    expect(readFileSync(path, 'utf8')).toBe('# mine\n');
  });

  it('keeps both of two that are set at once', async () => {
    const { run, configDir } = secretConfig('');
    const names = ['A_KEY', 'B_KEY', 'C_KEY', 'D_KEY'];
    const done = await Promise.all(
      names.map((name) => ct(['secrets', 'set', name], { ...run, input: `value-${name}` })),
    );
    expect(done.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
    const text = readFileSync(join(configDir, 'secrets', 'secrets.toml'), 'utf8');
    for (const name of names) expect(text).toContain(`${name} = "value-${name}"`);
  });

  it.each([
    ['a file that others may read', (path: string) => chmodSync(path, 0o640), /chmod go= /u],
    [
      'a directory that others may write to',
      (path: string) => chmodSync(join(path, '..'), 0o770),
      /chmod go-w /u,
    ],
    [
      'a line that is none',
      (path: string) => writeFileSync(path, 'A = "b"\nsk-live-777\n'),
      /secrets\.toml:2: /u,
    ],
  ])('refuses %s, and changes nothing', async (_what, spoil, message) => {
    const { run, configDir } = await withStored({ DEMO_KEY: 'one' });
    const path = join(configDir, 'secrets', 'secrets.toml');
    spoil(path);
    const before = readFileSync(path, 'utf8');
    const done = await ct(['secrets', 'set', 'OTHER_KEY'], { ...run, input: 'two' });
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(message);
    expect(done.stderr).not.toContain('sk-live');
    expect(readFileSync(path, 'utf8')).toBe(before);
  });

  it('lists names, sources and grants, as text and as data, and never a value', async () => {
    const { run } = await withStored({ DEMO_KEY: 'k-123456' });
    const text = await ct(['secrets', 'list'], run);
    expect(text.stdout.toString()).toMatch(/^DEMO_KEY +shell \(env\) +\/.*secrets\.toml$/mu);
    const json = JSON.parse((await ct(['secrets', 'list', '--json'], run)).stdout.toString()) as {
      secrets: { name: string }[];
    };
    expect(json.secrets).toContainEqual(
      expect.objectContaining({ name: 'DEMO_KEY', grants: [{ agent: 'shell', kind: 'env' }] }),
    );
    expect(JSON.stringify(json) + text.stdout.toString()).not.toContain('k-123456');
  });

  it('grants and takes back, for the next session', async () => {
    const config = await withStored({ DEMO_KEY: 'k-123456' }, '');
    const env = { ...config.run.env, XDG_STATE_HOME: join(config.configDir, '..', 'state') };
    const plan = async (): Promise<string> =>
      (await ct(['run', '--dry-run', 'shell'], { ...config.run, env })).stdout.toString();
    const say = (words: readonly string[]) => ct(['secrets', ...words], { ...config.run, env });
    expect(await plan()).not.toContain('DEMO_KEY');
    expect((await say(['grant', 'shell', 'DEMO_KEY'])).status).toBe(0);
    expect(await plan()).toContain('DEMO_KEY:env');
    expect((await say(['revoke', 'shell', 'DEMO_KEY'])).status).toBe(0);
    expect(await plan()).not.toContain('DEMO_KEY');
    expect((await say(['grant', 'nobody', 'DEMO_KEY'])).stderr).toMatch(
      /no agent called 'nobody'/u,
    );
    expect((await say(['grant', 'shell', 'PATH'])).status).toBe(2);
  });

  it("uses a project's .env while it is trusted and unchanged", async () => {
    const { run, cwd } = secretConfig(GRANTED);
    const env = join(cwd, '.env');
    writeFileSync(env, '# keys\nexport DEMO_KEY="from project"\nPATH=/evil\n', { mode: 0o644 });
    const show = async (): Promise<string> => {
      const done = await ct(['run', 'shell', '-c', 'echo "[$DEMO_KEY]$PATH"'], run);
      return done.stdout.toString();
    };
    expect(await show()).toMatch(/^\[\]/u);
    expect((await ct(['secrets', 'trust'], run)).stderr).toMatch(/ct secrets trust --yes/u);
    expect((await ct(['secrets', 'trust', '--yes'], run)).status).toBe(0);
    expect(await show()).toMatch(/^\[from project\](?!.*evil)/u);
    writeFileSync(env, 'DEMO_KEY=changed\n');
    expect(await show()).toMatch(/^\[\]/u);
    const sources = await ct(['secrets', 'show-sources', 'DEMO_KEY'], run);
    expect(sources.stdout.toString()).toMatch(/\.env: it has changed since you trusted it/u);
  });

  it('reads the file that NAME_FILE names, and .env beside config.toml', async () => {
    const { run, configDir, cwd } = secretConfig(GRANTED);
    const file = join(cwd, '..', `key-${randomBytes(3).toString('hex')}`);
    writeFileSync(file, 'from a file\n', { mode: 0o600 });
    writeFileSync(join(configDir, '.env'), "CERT='from .env'\nPATH=/evil\n", { mode: 0o600 });
    const script = 'echo "$DEMO_KEY|$(cat $CERT_FILE)|$PATH"';
    const env = { ...run.env, DEMO_KEY_FILE: file };
    const done = await ct(['run', 'shell', '-c', script], { ...run, env });
    expect(done.stdout.toString()).toMatch(/^from a file\|from \.env\|(?!.*evil)/u);
  });

  it('gives a program that hangs its deadline, and repeats nothing of what it said', async () => {
    const toml = (script: string, timeoutS: number): string =>
      `[agents.shell]\nrequired_secrets = ["X_KEY"]\n[secrets.X_KEY]\ncommand = ["sh", "-c", "${script}"]\ntimeout = ${timeoutS}\n`;
    const late = await inside(secretConfig(toml('echo sk-live-777; sleep 30', 1)), 'true');
    expect(late).toMatchObject({ status: 125 });
    expect(late.stderr).toMatch(/X_KEY: sh did not end within 1 s/u);
    const failed = await inside(
      secretConfig(toml('echo sk-live-777 | tee /dev/stderr; exit 4', 30)),
      'true',
    );
    expect(failed.stderr).toMatch(/X_KEY: sh ended with exit status 4/u);
    expect(late.stderr + failed.stderr).not.toContain('sk-live');
  });
});

describe('on a terminal', () => {
  let window: TerminalWindow | undefined;
  afterEach(() => {
    window?.close();
    window = undefined;
  });

  /** A shell in a terminal with the configuration of `config` and further variables. */
  function open(config: SecretConfig, env: Readonly<Record<string, string>> = {}): TerminalWindow {
    const all = { ...config.run.env, ...env };
    const words = Object.entries(all).map(([name, value]) => `export ${name}=${value ?? ''};`);
    window = new TerminalWindow(['bash', '--norc', '-i'], config.cwd);
    const start = `${process.execPath} ${process.env['CT_TEST_BIN'] ?? ''}`;
    window.type(`${words.join(' ')} PS1='host> '; ct() { ${start} "$@"; }; clear`, 'Enter');
    return window;
  }

  it('a value is typed unseen, corrected with the usual keys, and stored', async () => {
    const config = secretConfig('');
    const term = open(config);
    await term.shows(/host>\s*$/u);
    term.type('ct secrets set DEMO_KEY', 'Enter');
    await term.shows(/Value of DEMO_KEY \(not shown\):/u);
    term.type('wrong', 'C-u', 'sk-typed-55X', 'BSpace', '5', 'Enter');
    const screen = await term.shows(/DEMO_KEY added/u);
    expect(screen).not.toMatch(/sk-typed|wrong/u);
    const text = readFileSync(join(config.configDir, 'secrets', 'secrets.toml'), 'utf8');
    expect(text).toBe('DEMO_KEY = "sk-typed-555"\n');
    // The terminal is as it was: what is typed now is seen.
    term.type('echo seen', 'Enter');
    await term.shows(/^seen$/mu);
    term.type('ct secrets set DEMO_KEY', 'Enter');
    await term.shows(/not shown\):\s*$/u);
    term.type('C-c');
    await term.shows(/nothing was typed/u);
  });

  it('one question is asked for a key in the environment, once for all', async () => {
    const config = secretConfig('');
    const state = join(config.configDir, '..', 'state');
    const term = open(config, { XDG_STATE_HOME: state, GEMINI_API_KEY: 'sk-ambient-1' });
    await term.shows(/host>\s*$/u);
    term.type('ct run gemini --version', 'Enter');
    await term.shows(/Give GEMINI_API_KEY to gemini\? \[y\/N\]/u);
    term.type('y', 'Enter');
    await term.shows(/^\d+\.\d+\.\d+\S*\s+host>\s*$/mu);
    term.type(
      'clear; ct run gemini --version; ct run --dry-run gemini | grep -c API_KEY:env',
      'Enter',
    );
    const screen = await term.shows(/^\d+\.\d+\.\d+\S*\s+1$/mu);
    expect(screen).not.toContain('y/N');
    expect(JSON.parse(readFileSync(join(state, 'ct', 'grants.json'), 'utf8'))).toEqual({
      gemini: { GEMINI_API_KEY: 'granted' },
    });
  });
});
