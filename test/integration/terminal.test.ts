import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { testPaths } from './support/engine-fixture.ts';
import { ct, eventually, project, sessions } from './support/ct.ts';
import { TerminalWindow } from './support/tmux.ts';

let window: TerminalWindow | undefined;

afterEach(async () => {
  window?.close();
  window = undefined;
  await ct(['stop', '--all', '--timeout', '1s']);
});

/** A shell in a terminal, so that what ct leaves behind can be seen after it ended. */
function open(): TerminalWindow {
  const cwd = project();
  window = new TerminalWindow(['bash', '--norc', '-i'], cwd);
  window.type(
    "PS1='host> '; ct() { " +
      `${process.execPath} ${process.env['CT_TEST_BIN'] ?? ''}` +
      ' "$@"; }; clear',
    'Enter',
  );
  return window;
}

describe('a terminal session', () => {
  it('has the size of the terminal from its first instruction, and follows a resize', async () => {
    const term = open();
    await term.shows(/host>\s*$/u);
    term.type('ct run shell', 'Enter');
    await term.shows(/\$\s*$/u);
    term.type('stty size', 'Enter');
    await term.shows(/^30 100$/mu);
    term.resize(77, 22);
    // The new size takes its way from tmux through ct and the engine: it is asked for until it is there.
    await eventually('the size inside follows', async () => {
      term.type('stty size', 'Enter');
      await new Promise((resolve) => setTimeout(resolve, 500));
      return /^22 77$/mu.test(term.screen());
    });
    term.type('exit 5', 'Enter');
    await term.shows(/host>\s*$/u);
    term.type('echo "status=$?"', 'Enter');
    await term.shows(/^status=5$/mu);
  });

  it('starts with the right size even for a program that asks at once', async () => {
    const term = open();
    for (let round = 0; round < 5; round++) {
      term.type('clear; ct run shell -c "stty size"; echo "done=$?"', 'Enter');
      await term.shows(/^30 100\s+done=0$/mu);
    }
  });

  it('passes every key on: Ctrl-C, Ctrl-P and Ctrl-Q are the program’s', async () => {
    const term = open();
    term.type('ct run shell -c "stty raw -echo; echo is-raw; head -c 3 | od -An -tx1"', 'Enter');
    // Before that Ctrl-C is what it always is. A line of its own: the command is on the screen too.
    await term.shows(/^is-raw$/mu);
    term.type('C-c');
    term.type('C-p');
    term.type('C-q');
    await term.shows(/03 10 11/u);
  });

  it('gives the terminal back as it was, also when the session is killed', async () => {
    const term = open();
    term.type(
      'ct run shell -c "printf \'\\033[?1049h\\033[?25l\'; sleep 5; kill -9 \\$\\$"',
      'Enter',
    );
    await eventually('the program took the whole screen', () => term.isAlternate());
    await eventually('ct gave it back', () => !term.isAlternate());
    term.type('echo back; stty -a | grep -o "[-]*icanon"', 'Enter');
    await term.shows(/^icanon$/mu);
    await term.shows(/^back$/mu);
  });

  it('goes to the background with Ctrl-Z when its program stops, and comes back with fg', async () => {
    const term = open();
    term.type('ct run shell -c "sleep 1; echo woke; sleep 60"', 'Enter');
    await term.shows(/^woke$/mu);
    term.type('C-z');
    await term.shows(/Stopped/u);
    term.type('clear; echo at-the-shell', 'Enter');
    await term.shows(/^at-the-shell$/mu);
    term.type('fg', 'Enter');
    await new Promise((resolve) => setTimeout(resolve, 500));
    term.type('C-c');
    await term.shows(/host>\s*$/u);
  });

  it('goes to the background with Ctrl-Z at any moment of its start, and starts with fg', async () => {
    const term = open();
    for (const delayMs of [0, 50, 100, 200, 300, 400, 600]) {
      // Before ct has the terminal there is nothing that the key could stop, or `clear`.
      term.type('clear', 'Enter');
      await term.shows(/^host>\s*$/u);
      term.type('ct run shell -c "sleep 2; echo went on"; echo "ended=$?"', 'Enter');
      await eventually('ct has the terminal', () => term.program() === 'node');
      await new Promise((resolve) => setTimeout(resolve, delayMs));
      term.type('C-z');
      await term.shows(/Stopped/u);
      term.type('clear; fg', 'Enter');
      await term.shows(/^went on\s+host>\s*$/mu);
    }
  });

  // A terminal that hangs up fails a read in progress in the same way, a moment before its signal comes.
  it('follows its program on when its terminal fails to be read', async () => {
    const term = open();
    const program = 'echo waits; until [ -e go ]; do sleep 0.2; done; echo still-$((40+2))';
    term.type('export -f ct', 'Enter');
    term.type(`clear; bash -mc 'echo shell=$$; ct run shell -c "${program}"; :'`, 'Enter');
    const screen = await term.shows(/^waits$/mu);
    const [, shell = ''] = /^shell=(\d+)$/mu.exec(screen) ?? [];
    // The group of ct is orphaned then, and in the background: read(2) fails with EIO, and stops nothing.
    process.kill(Number(shell), 'SIGKILL');
    await term.shows(/Killed/u);
    term.type('xx', 'Enter');
    await new Promise((resolve) => setTimeout(resolve, 1000));
    writeFileSync(`${term.cwd}/go`, '');
    await term.shows(/still-42/u);
  });
});

describe('ct attach', () => {
  it('shows a detached session, takes keys, and leaves it running when the terminal closes', async () => {
    const id = (await ct(['run', '-d', 'shell'])).stdout.toString().trim();
    const term = open();
    term.type(`ct attach ${id}`, 'Enter');
    await new Promise((resolve) => setTimeout(resolve, 700));
    term.type('echo "in $CT_AGENT"; stty size', 'Enter');
    await term.shows(/^in shell\s+30 100$/mu);
    term.close();
    window = undefined;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect((await sessions()).map((one) => one.status)).toEqual(['running']);
  });
});

describe('ct shell', () => {
  it('opens a shell in the one running session', async () => {
    const id = (await ct(['run', '-d', 'shell', '-c', 'sleep 60'])).stdout.toString().trim();
    const term = open();
    term.type(`ct shell ${id}`, 'Enter');
    await new Promise((resolve) => setTimeout(resolve, 700));
    term.type('ps -o args= 1; exit 3', 'Enter');
    await term.shows(/catatonit[^]*host>\s*$/u);
    term.type('echo "status=$?"', 'Enter');
    await term.shows(/^status=3$/mu);
  });
});

describe('the first run on a terminal', () => {
  it('shows the tour once, on the way to the program', async () => {
    rmSync(`${testPaths().stateDir}/tour-was-shown`, { force: true });
    // Where nobody reads it, it is neither shown nor taken for seen.
    expect((await ct(['run', 'shell', '-c', 'true'])).stderr).toBe('');
    const term = open();
    term.type('ct run shell -c "echo it-runs"', 'Enter');
    await term.shows(/Welcome to ct[^]*'ct tour' shows this again[^]*^it-runs$/mu);
    term.type('clear; ct run shell -c "echo again"', 'Enter');
    expect(await term.shows(/^again$/mu)).not.toContain('Welcome');
  });
});

describe('Ctrl-C', () => {
  it('in the question of an import copies nothing', async () => {
    const term = open();
    const from = project();
    term.type(`mkdir -p ${from}/.qwen; echo rules > ${from}/.qwen/QWEN.md; clear`, 'Enter');
    term.type(`ct agents import qwen --replace --from ${from}`, 'Enter');
    await term.shows(/copy +rules +\.qwen\/QWEN\.md[^]*copy 1 file to .* \[y\/N\]/u);
    term.type('C-c');
    await term.shows(/host>\s*$/u);
    term.type('echo "status=$?"', 'Enter');
    await term.shows(/^status=130$/mu);
    // A home that was used before has the text that every home begins with.
    const there = `${testPaths().dataDir}/homes/qwen/.qwen/QWEN.md`;
    expect(existsSync(there) && readFileSync(there, 'utf8')).not.toBe('rules\n');
  });

  it('while the image is made ends at once, and the one that is there goes on working', async () => {
    const term = open();
    term.type('ct sys init --rebuild; echo "status=$?"', 'Enter');
    await term.shows(/^⠋?.* \d+ s/mu);
    term.type('C-c');
    await term.shows(/^status=130$/mu);
    expect(term.screen()).toMatch(/^ct: \S/mu);
    term.type('clear; ct run shell -c "echo it-runs"', 'Enter');
    await term.shows(/^it-runs$/mu);
  });

  it('while an agent is installed again leaves the one that is there', async () => {
    const before = await ct(['run', 'gemini', '--version']);
    expect(before.status, before.stderr).toBe(0);
    const term = open();
    term.type('ct agents install gemini --again; echo "status=$?"', 'Enter');
    await term.shows(/installing Gemini CLI from npm \d+ s/u);
    term.type('C-c');
    await term.shows(/^status=130$/mu);
    expect(await ct(['run', 'gemini', '--version'])).toMatchObject({
      status: 0,
      stdout: before.stdout,
    });
  });
});
