import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { CATALOGUE, agentNamed } from '../../src/agents/catalogue.ts';
import { ct, inSession, project } from './support/ct.ts';

/** Those that every npm registry has whole; the volume of the test's account keeps them. */
const FROM_NPM = [
  ...['claude', 'codex', 'gemini', 'qwen', 'copilot'],
  ...['opencode', 'amp', 'cline', 'droid', 'pi'],
];

/** Those that fetch something from elsewhere, or whose packages a mirror may lack. */
const ELSEWHERE = ['crush', 'kilocode', 'omp', 'goose'];

/** Pages of help on which an agent's words must stand, where it is not the first one. */
const HELP: Readonly<Record<string, readonly string[]>> = { droid: ['exec'] };

/** Pages that name the variables of programs whose files are packed. */
const VARIABLE_PAGES: Readonly<Record<string, readonly string[]>> = {
  copilot: ['help', 'environment'],
  amp: ['--help'],
};

/** Words that a program takes though its help is silent about them; the run with them is the check. */
const SILENT = new Set(['--dangerously-allow-all']);

let volume = '';

beforeAll(async () => {
  const done = await ct(['agents', 'install', ...FROM_NPM]);
  if (done.status !== 0) throw new Error(done.stderr);
  const format = ['volume', 'inspect', '--format', '{{.Mountpoint}}', 'ct-packages'];
  volume = execFileSync('podman', format, { encoding: 'utf8' }).trim();
}, 900_000);

describe.each(FROM_NPM)('%s', (name) => {
  const agent = agentNamed(name);

  it('says its version in the hardened sandbox, without a network', async () => {
    const done = await ct(['run', '-n', 'offline', name, '--version']);
    // Some say it on the other stream when nobody watches.
    expect(`${done.stdout.toString()}${done.stderr}`).toMatch(/\d+\.\d+\.\d+/u);
    expect(done.status).toBe(0);
  });

  it('takes its words for working unasked, and its help has them', async () => {
    for (const [words, page] of [
      [agent.yolo.words, []] as const,
      ...Object.entries(agent.yolo.below ?? {}).map(([word, below]) => [below, [word]] as const),
    ]) {
      const done = await ct(['run', '-n', 'offline', name, ...page, ...words, '--help']);
      expect(done.status, done.stderr).toBe(0);
      const help = `${done.stdout.toString()}${done.stderr}`;
      for (const word of words.filter((text) => text.startsWith('-') && !SILENT.has(text))) {
        expect(help).toContain(word);
      }
    }
    expect(Object.keys(agent.yolo.below ?? {})).toEqual(HELP[name] ?? []);
  });

  it('reads the variables that ct sets and offers', async () => {
    const page = VARIABLE_PAGES[name];
    const told = page === undefined ? undefined : await ct(['run', '-n', 'offline', name, ...page]);
    const names = [...agent.secrets, ...Object.keys(agent.env), ...Object.keys(agent.yolo.env)];
    const missing = names.filter((variable) => {
      if (told !== undefined) return !told.stdout.toString().includes(variable);
      const words = ['-rqaF', '-m1', '--', variable, `${volume}/${name}/current/`];
      return spawnSync('grep', words).status !== 0;
    });
    expect(missing).toEqual([]);
  });
});

describe.each(ELSEWHERE)('%s', (name) => {
  it('installs, or says which host could not be reached or what the registry lacks', async () => {
    const done = await ct(['agents', 'install', name]);
    if (done.status === 0) {
      const run = await ct(['run', '-n', 'offline', name, '--version']);
      expect(run.stdout.toString(), run.stderr).toMatch(/\d+\.\d+/u);
      return;
    }
    expect(done.status).toBe(125);
    expect(done.stderr).toMatch(
      /could not be installed: (?:[a-z0-9.-]+\.[a-z]{2,} cannot be reached|the npm registry does not have it)/u,
    );
    expect(done.stderr).toMatch(/\n {2}\S/u);
  }, 300_000);
});

describe("codex's own sandbox", () => {
  const inner = ['codex', '--', 'sandbox', '--', 'sh', '-c', 'echo inside; touch ~/x || echo shut'];

  it('starts under the profile nested, and keeps what runs in it from the home', async () => {
    const done = await ct(['run', '-n', 'offline', '--seccomp', 'nested', ...inner]);
    expect(done.stdout.toString(), done.stderr).toBe('inside\nshut\n');
  });

  it('does not start under the default profile, which has no namespaces to give', async () => {
    const done = await ct(['run', '-n', 'offline', ...inner]);
    expect(done.stderr).toMatch(/namespace/u);
    expect(done.stdout.toString()).toBe('');
  });
});

describe('ct agents', () => {
  it('lists every agent with the version that is installed', async () => {
    const { stdout } = await ct(['agents', '--json']);
    const { agents } = JSON.parse(stdout.toString()) as {
      agents: { name: string; installed: string | null }[];
    };
    expect(agents.map(({ name }) => name)).toEqual([...CATALOGUE.keys()]);
    for (const name of FROM_NPM) {
      expect(agents.find((agent) => agent.name === name)?.installed).toMatch(/^\d+\.\d+/u);
    }
  });

  it('refuses to pin a version that there is not, and keeps the one that works', async () => {
    const done = await ct(['agents', 'pin', 'gemini', '0.0.999']);
    expect(done.stderr).toContain('the npm registry does not have it');
    expect((await ct(['run', 'gemini', '--version'])).status).toBe(0);
    const { stdout } = await ct(['agents', '--json']);
    expect(stdout.toString()).toContain('"pinned": null');
    expect(stdout.toString()).not.toContain('0.0.999');
  });
});

describe('ct <agent>', () => {
  it('passes everything after the name on, and takes its own options from anywhere', async () => {
    const done = await ct(['gemini', '--version', '-ct-n', 'offline']);
    expect(done.stderr).toBe('');
    expect(done.stdout.toString()).toMatch(/^\d+\.\d+\.\d+\S*\n$/u);
  });
});

describe('an agent of the user', () => {
  it('runs a program of the image, with the environment that he passes on', async () => {
    const dir = mkdtempSync(join(realpathSync(tmpdir()), 'ct-config-'));
    mkdirSync(join(dir, 'ct'), { mode: 0o700 });
    const text = '[agents.mine]\ncommand = "env"\n[environment]\npass = ["EXACT"]\n';
    writeFileSync(join(dir, 'ct/config.toml'), text, { mode: 0o600 });
    const env = {
      ...{ XDG_CONFIG_HOME: dir, EXACT: 'over', CNSTR_EXACT: 'under' },
      ...{ CNSTR_PLAIN: 'yes', CNSTR_A_TOKEN: 'hidden' },
    };
    const lines = (await ct(['mine'], { env })).stdout.toString().split('\n');
    expect(lines).toContain('EXACT=over');
    expect(lines).toContain('PLAIN=yes');
    expect(lines.join('\n')).not.toContain('hidden');
  });
});

describe('rules of the user', () => {
  it('are there inside, in the place that the agent reads', async () => {
    const dir = mkdtempSync(join(realpathSync(tmpdir()), 'ct-config-'));
    mkdirSync(join(dir, 'ct'), { mode: 0o700 });
    const text = '[agents.ruled]\ncommand = "cat"\nrules_file = ".ruled/RULES.md"\n';
    writeFileSync(join(dir, 'ct/config.toml'), text, { mode: 0o600 });
    const env = { XDG_CONFIG_HOME: dir };
    const set = ['sys', 'agents-md', 'ruled', '--set', '-', '--json'];
    const done = await ct(set, { env, input: 'be kind\n' });
    expect(JSON.parse(done.stdout.toString())).toMatchObject({ files: [{ bytes: 8 }] });
    const inside = await ct(['ruled', '/home/ct/.ruled/RULES.md'], { env });
    expect(inside.stdout.toString(), inside.stderr).toBe('be kind\n');
  });

  it('begin with a text about the sandbox, which stays away when the user takes it away', async () => {
    const dir = mkdtempSync(join(realpathSync(tmpdir()), 'ct-new-'));
    mkdirSync(join(dir, 'ct'));
    const text = '[agents.fresh]\ncommand = "cat"\nrules_file = ".fresh/RULES.md"\n';
    writeFileSync(join(dir, 'ct/config.toml'), text, { mode: 0o600 });
    const env = { XDG_CONFIG_HOME: dir, XDG_DATA_HOME: join(dir, 'data') };
    const first = await ct(['fresh', '/home/ct/.fresh/RULES.md'], { env });
    expect(first.stdout.toString(), first.stderr).toContain('ct network allow HOST');
    rmSync(join(dir, 'data/ct/homes/fresh/.fresh/RULES.md'));
    expect((await ct(['fresh', '/home/ct/.fresh/RULES.md'], { env })).status).toBe(1);
  });
});

describe("the user's own surroundings", () => {
  it('are his git identity and his global ignore rules, in a run', async () => {
    const dir = mkdtempSync(join(realpathSync(tmpdir()), 'ct-git-'));
    mkdirSync(join(dir, 'git'));
    writeFileSync(join(dir, 'git/config'), '[user]\n\tname = Ada L\n\temail = ada@example.org\n');
    writeFileSync(join(dir, 'git/ignore'), '*.ignored\n');
    const done = await inSession(
      'cd /tmp && mkdir r && cd r && git init -q . && touch x.ignored y && git add -A && git commit -qm m && git log -1 --format="%an %ce" && git ls-files; echo x >> /run/git-ignore',
      { cwd: project(), env: { XDG_CONFIG_HOME: dir } },
    );
    expect(done.stdout.toString(), done.stderr).toBe('Ada L ada@example.org\ny\n');
    expect(done.stderr).toMatch(/read-only|permission denied/iu);
  });
});
