import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { Engine } from '../../src/engine/engine.ts';
import { formsOf } from '../../src/secrets/forms.ts';
import { ct, eventually, sessions, startCt, type Run } from './support/ct.ts';
import { TEST_LABEL, containerSpec, openTestEngine, testPaths } from './support/engine-fixture.ts';
import { testImage } from './support/image.ts';
import { mintCanary, type Canary } from './support/mint-canary.ts';
import { secretConfig, type SecretConfig } from './support/secret-config.ts';
import { watchSurfaces, type Watched } from './support/watch-surfaces.ts';
import { TerminalWindow } from './support/tmux.ts';
import { grepFiles, hitsIn, searchProcesses, type Hit } from './support/sweep.ts';
import { canaryEngine } from './support/canary-engine.ts';

/**
 * The canary: secrets are granted to a session, then looked for wherever SECURITY.md 4.2 says that they
 * could be. A decoy is planted in every kind of place first, and has to be found there: a search that
 * cannot find a planted token proves nothing.
 */

/** What is searched: a container, what ct said, also in a terminal, where it ran. */
interface Subject {
  readonly container: string;
  readonly said: string;
  readonly window: TerminalWindow;
  readonly cwd: string;
  /** Processes that are meant to have it in their environment */
  readonly meant: readonly number[];
}

interface Surface {
  readonly name: string;
  /** It has everybody's traces, whoever is looked for, and the decoy's in files of all these kinds */
  readonly everywhere?: readonly RegExp[];
  search(forms: readonly string[], subject: Subject): Hit[] | Promise<Hit[]>;
}

const paths = testPaths();
const home = process.env['HOME'] ?? '';

const CANARY = canaryEngine();

const SURFACES: readonly Surface[] = [
  ...CANARY.surfaces.map(({ name, search }): Surface => ({
    name,
    search: (forms, { container }) => search(forms, container),
  })),
  {
    name: 'LEAK-02/04/10/11/17/22 every file of the account: engine storage and database, layers and a commit, logs, state, cache, configuration, temporary files',
    everywhere: [/\/decoy-[^/]*\.log$/u, /\/tmp\/decoy$/u],
    search: (forms) => {
      const runtime = process.env['XDG_RUNTIME_DIR'] ?? '';
      return grepFiles([home, runtime, '/tmp', '/var/tmp', '/dev/shm'], forms);
    },
  },
  {
    name: 'LEAK-05 arguments of every process',
    search: (forms) => searchProcesses(forms, 'cmdline'),
  },
  {
    name: 'LEAK-05/06 environment of every process but the agent',
    search: (forms, { meant }) => searchProcesses(forms, 'environ', meant),
  },
  {
    name: 'LEAK-07 the environment of PID 1 and of programs run beside the agent',
    search: async (forms, { container }) => {
      const script = 'cat /proc/1/environ /proc/self/environ; env';
      return hitsIn('exec', CANARY.exec(container, script), forms);
    },
  },
  {
    name: 'LEAK-14 what crashes leave in the directory where they happen',
    search: (forms, { cwd }) => grepFiles([cwd], forms),
  },
  {
    name: 'LEAK-15 what ct says at -vv, also when it fails',
    search: (forms, { said }) => hitsIn('stderr', said, forms),
  },
  {
    name: 'LEAK-18 the terminal: its screen, what has left it, its titles',
    search: (forms, { window }) => hitsIn('terminal', window.everything(), forms),
  },
];

const NAMES = { env: 'CANARY_ENV', file: 'CANARY_FILE', gh: 'GH_TOKEN' } as const;
const canaries = Object.values(NAMES).map(mintCanary);
const decoy = mintCanary('DECOY').token;
const formsBy = new Map(
  [...canaries.map(({ token }) => token), decoy].map((token) => [
    token,
    formsOf(Buffer.from(token)),
  ]),
);
const forms = [...formsBy.values()].flat();

let engine: Engine | undefined;
const cleanups: (() => unknown)[] = [];
afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
  await engine?.close();
});

describe('a secret of a session', () => {
  // Everything that the account has is read several times.
  const timeout = 300_000;

  it(
    'is in no place but the process and the files that are meant to have it',
    { timeout },
    async () => {
      engine = await openTestEngine();
      const planted = await plantDecoy(engine);
      const { configs, said } = await configure(canaries);
      const watched = watchSurfaces(forms, [...(await CANARY.changingFiles()), paths.stateDir]);
      const session = await startSession(configs, said);
      try {
        expect(await sweep(session.subject, planted)).toEqual([]);
      } finally {
        session.end();
      }
      expect((await session.finished).status).toBe(0);
      await eventually('the session is gone', async () => (await sessions()).length === 0);
      expectNothingSeen(await watched(), session.subject.meant);
      // Afterwards: nothing is left of it on disk, nor of what crashed.
      const after = await grepFiles(
        [home, process.env['XDG_RUNTIME_DIR'] ?? '', '/tmp', '/dev/shm'],
        forms,
      );
      expect(after.filter(({ form }) => !isDecoy(form))).toEqual([]);
    },
  );

  it.for(CANARY.absent)('is not in %s', ([, reason], context) => context.skip(reason));
});

/** From before its first step to after its last one, nothing but the agent has had a value. */
function expectNothingSeen({ looks, seen }: Watched, meant: readonly number[]): void {
  const places = meant.map((pid) => `/proc/${pid}/environ`);
  const foreign = seen.filter(({ form, place }) => !isDecoy(form) && !places.includes(place));
  expect(foreign).toEqual([]);
  // The agent was seen with it, and each kind of place shows the decoy at every look: nothing was missed.
  const agent = seen.filter(({ form, place }) => !isDecoy(form) && places.includes(place));
  expect(agent.length).toBeGreaterThan(0);
  expect(looks).toBeGreaterThan(5);
  const always = seen.filter((hit) => hit.looks === looks && isDecoy(hit.form));
  for (const kind of [/cmdline$/u, /environ$/u, CANARY.specification, /\.log$/u]) {
    expect(
      always.filter(({ place }) => kind.test(place)),
      String(kind),
    ).not.toEqual([]);
  }
}

/** Surfaces that are not as they have to be: nothing of the canaries, and the decoy found. */
async function sweep(subject: Subject, planted: Subject) {
  const rows = [];
  for (const surface of SURFACES) {
    const [hits, own] = await searchFor(surface, subject, planted);
    const places = hits.filter(({ form }) => !isDecoy(form)).map(({ place }) => place);
    rows.push({
      name: surface.name,
      canary: [...new Set(places)],
      findsDecoy: own.some(({ form }) => isDecoy(form)),
    });
  }
  return rows.filter(({ canary, findsDecoy }) => canary.length > 0 || !findsDecoy);
}

/** What is found of the subject, and where the decoy is. Of everything it is one search that has to show both. */
async function searchFor(
  { search, everywhere }: Surface,
  subject: Subject,
  planted: Subject,
): Promise<readonly [Hit[], Hit[]]> {
  if (everywhere === undefined) return [await search(forms, subject), await search(forms, planted)];
  const all = await search(forms, subject);
  const own = all.filter(({ form }) => isDecoy(form));
  return [all, everywhere.every((kind) => own.some(({ place }) => kind.test(place))) ? own : []];
}

function isDecoy(form: string): boolean {
  return formsBy.get(decoy)?.includes(form) === true;
}

/** All kinds of grants, and what was said by runs that failed or crashed with them. */
async function configure(all: readonly Canary[]) {
  const toml = [
    `[agents.shell]\nsecrets = ["${NAMES.env}", "${NAMES.gh}"]\nsecret_files = ["${NAMES.file}"]`,
    ...all.map((canary) => canary.toml),
  ].join('\n');
  const configs = secretConfig(toml);
  const failed = await failingRuns(toml);
  const crashed = await crashInside(configs.run, configs.cwd);
  return { configs, said: failed + crashed };
}

/** A session at -vv, with what could betray it: a program beside the agent, and a commit. */
async function startSession({ run, cwd }: SecretConfig, saidBefore: string) {
  // Without a child: whoever watches finds the agent alone with it.
  const script = `[ "$${NAMES.env}" ] && read -r file </run/secrets/${NAMES.file}; echo ready \${#file}; unset file; read -r line`;
  const child = startCt(['run', '-vv', 'shell', '-c', script], run);
  let out = '';
  let said = saidBefore;
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually('the agent has its secrets', () => out.includes('\n'));
  expect(out).toBe(`ready ${canaries[0]?.token.length}\n`);
  const [session] = await sessions();
  const container = session?.container ?? '';
  // A program run beside the agent, and a commit: both leave traces that are searched.
  expect((await ct(['exec', container.slice(0, 12), '--', 'env'], run)).status).toBe(0);
  const traces = await CANARY.leaveTraces(container);
  cleanups.push(traces.undo);
  const dryRun = await ct(['run', '--dry-run', 'shell'], run);
  said += dryRun.stdout.toString() + traces.said;
  const agent = await agentOf(container);
  const { window, agent: other } = await runInTerminal(run, cwd, container);
  return {
    subject: { container, said, window, cwd, meant: [agent, other] },
    end: () => child.stdin.end('\n'),
    finished: child.finished,
  };
}

/**
 * A run with the same grants where somebody looks on: all that ct says, and an agent that gives itself a title. It waits
 * until the test knows which process it is, since that one is meant to have them too.
 */
async function runInTerminal(
  run: Run,
  cwd: string,
  first: string,
): Promise<{ readonly window: TerminalWindow; readonly agent: number }> {
  const window = terminal(cwd);
  const config = run.env?.['XDG_CONFIG_HOME'] ?? '';
  const script = `printf "\\033]2;busy\\007"; [ "$${NAMES.env}" ] && echo granted && read -r line`;
  const ct = `XDG_CONFIG_HOME=${config} ${process.execPath} ${process.env['CT_TEST_BIN'] ?? ''}`;
  window.type(`${ct} run -vv shell -c '${script}'; echo "ended=$?"`, 'Enter');
  await window.shows(/^granted$/mu);
  const container = (await sessions()).map((one) => one.container).find((id) => id !== first) ?? '';
  const agent = await agentOf(container);
  window.type('', 'Enter');
  expect(await window.shows(/^ended=\d/mu)).toMatch(/^granted\s[\s\S]*^ended=0$/mu);
  return { window, agent };
}

function terminal(cwd: string): TerminalWindow {
  const window = new TerminalWindow(['bash', '--norc', '-i'], cwd);
  cleanups.push(() => window.close());
  return window;
}

/** The one process that has the variable: PID 1's child. Proves, by being it, that delivery works. */
async function agentOf(container: string): Promise<number> {
  const init = (await engine?.inspect(container))?.pid ?? 0;
  const [child = ''] = readFileSync(`/proc/${init}/task/${init}/children`, 'utf8').split(' ');
  const token = canaries.find(({ name }) => name === NAMES.env)?.token ?? '';
  expect(readFileSync(`/proc/${child}/environ`, 'latin1')).toContain(`${NAMES.env}=${token}\0`);
  // Neither a file nor a collector of crashes gets its memory.
  expect(readFileSync(`/proc/${child}/coredump_filter`, 'utf8').trim()).toBe('00000000');
  expect(readFileSync(`/proc/${child}/limits`, 'utf8')).toMatch(/^Max core file size +0 +0 /mu);
  return Number(child);
}

/** Runs that fail after the values were read, in as many ways as there are, with all that ct says. */
async function failingRuns(toml: string): Promise<string> {
  const [first] = canaries;
  const chatty = `[secrets.CHATTY]\ncommand = ["/bin/sh", "-c", ${JSON.stringify(commandThatTells(first))}]\n`;
  const required = toml.replace('[agents.shell]', '[agents.shell]\nrequired_secrets = ["CHATTY"]');
  const { run } = secretConfig(`${required}\n${chatty}`);
  const failing = await ct(['run', '-vv', 'shell', '-c', 'true'], run);
  expect(failing.status).toBe(125);
  expect(failing.stderr).toContain('CHATTY: /bin/sh ended with exit status 3');
  const rotated = await ct(['secrets', 'rotate', '-vv', '--from-source', first?.name ?? ''], run);
  const listed = await ct(['secrets', 'list', '--json', '-vv'], run);
  return [failing, rotated, listed]
    .map(({ stdout, stderr }) => stdout.toString() + stderr)
    .join('\n');
}

/** Prints the value of a canary to both streams and fails. */
function commandThatTells(canary: Canary | undefined): string {
  const parsed = /"-c", ("(?:[^"\\]|\\.)*")/u.exec(canary?.toml ?? '')?.[1] ?? '""';
  const script = JSON.parse(parsed) as string;
  return `{ ${script}; } | tee /dev/stderr; exit 3`;
}

/** The agent crashes in the project, and ct itself too, each with core dumps allowed as far as may be. */
async function crashInside(run: Parameters<typeof ct>[1], cwd: string): Promise<string> {
  const allowed: [string, ...string[]] = [
    'bash',
    '-c',
    'ulimit -c unlimited; exec "$@"',
    'bash',
    process.execPath,
    process.env['CT_TEST_BIN'] ?? '',
  ];
  const script = 'ulimit -c unlimited 2>/dev/null; kill -SEGV $$; sleep 5';
  const crash = await ct(['run', 'shell', '-c', script], { ...run, program: allowed });
  expect(crash.stderr + String(crash.status)).toMatch(/139$/u);
  const child = startCt(['run', '-vv', 'shell', '-c', 'echo up; read -r line'], {
    ...run,
    program: allowed,
  });
  let out = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  await eventually('the session is up', () => out.includes('up'));
  expect(readFileSync(`/proc/${child.pid}/coredump_filter`, 'utf8').trim()).toBe('00000000');
  child.kill('SIGABRT');
  const { status, stderr } = await child.finished;
  expect(status).toBeGreaterThan(125);
  // Where the kernel writes a file here, there is one of ct, and it is searched with the rest.
  if (readFileSync('/proc/sys/kernel/core_pattern', 'utf8').trim() === 'core') {
    expect(readdirSync(cwd).filter((name) => name.startsWith('core'))).not.toEqual([]);
  }
  await ct(['stop', '--all', '--timeout', '0s']);
  return crash.stderr + stderr;
}

/** The same token in every kind of place, as careless programs leave it. */
async function plantDecoy(on: Engine): Promise<Subject> {
  const { cwd } = secretConfig('');
  const spec = containerSpec(
    await testImage(),
    ['sh', '-c', `echo ${decoy} >/tmp/decoy; exec sleep 600`],
    {
      env: { PATH: '/usr/bin:/bin', DECOY: decoy },
      mounts: [],
      readOnlyRoot: false,
    },
  );
  const { id } = await on.create({ ...spec, labels: { ...spec.labels, [TEST_LABEL]: decoy } });
  cleanups.push(() => on.remove(id));
  await on.init(id);
  await on.start(id);
  const host = spawn('sleep', ['600', decoy].slice(0, 1), { env: { DECOY: decoy } });
  const named: ChildProcess = spawn('bash', ['-c', 'read -r line', decoy], {
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  cleanups.push(
    () => host.kill(),
    () => named.kill(),
  );
  const logs = join(paths.stateDir, 'logs');
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const log = join(logs, `decoy-${randomBytes(3).toString('hex')}.log`);
  writeFileSync(log, `careless ${Buffer.from(`x${decoy}`).toString('base64')}\n`);
  cleanups.push(() => rmSync(log, { force: true }));
  crashCarelessly(cwd);
  const said = (await ct(['run', '-vv', decoy.replaceAll('/', '/')])).stderr;
  const window = terminal(cwd);
  writeFileSync(join(cwd, 'title'), decoy);
  window.type('printf "\\033]2;$(cat title)\\007"', 'Enter');
  await eventually('the title is there', () => window.everything().includes(decoy));
  return { container: id, said, window, cwd, meant: [] };
}

/** A process with the token in its memory, and a core dump of it where the kernel writes one here. */
function crashCarelessly(cwd: string): void {
  const script = 'ulimit -c unlimited; kill -SEGV $$';
  spawnSync('bash', ['-c', script], { cwd, env: { PATH: process.env['PATH'], DECOY: decoy } });
  const hasCore = readdirSync(cwd).some((name) => name.startsWith('core'));
  // A host that hands crashes to a collector gets none: then a file stands for what one would leave.
  if (!hasCore) writeFileSync(join(cwd, 'core'), `\0${decoy}\0`);
}
