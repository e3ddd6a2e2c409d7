import { describe, expect, it } from 'vitest';
import { mainByLibrary } from '../../src/cli/main-by-library.ts';
import { fakeContext } from './support.ts';

async function ct(argv: readonly string[], parts: Parameters<typeof fakeContext>[0] = {}) {
  const { context, stdout, stderr } = fakeContext(parts);
  const status = await mainByLibrary(argv, context);
  return { status, stdout: stdout.text, stderr: stderr.text };
}

describe('help', () => {
  it.each([[[]], [['help']], [['--help']], [['-h']]])('is the answer to %j', async (argv) => {
    const { status, stdout, stderr } = await ct(argv);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^ {2}run +Run an agent/mu);
    expect(stderr).toBe('');
  });

  it.each([
    [['run', '--help']],
    [['run', '-h', 'gemini']],
    [['help', 'run']],
    [['sys', 'init', '--help']],
  ])('has a page for %j', async (argv) => {
    const { status, stdout } = await ct(argv);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\$ ct (run|sys init)/mu);
    expect(stdout).not.toMatch(/#\d| $/mu);
  });

  it('tells the form without a command, and which of its options are of ct', async () => {
    const { stdout } = await ct(['help']);
    expect(stdout).toMatch(/^ {7}ct <agent> \[arguments\]$/mu);
    for (const option of ['--ct-network MODE', '--ct-verbose', '--ct-debug']) {
      expect(stdout).toContain(option);
    }
    expect((await ct(['sys'])).stdout).not.toContain('ct <agent>');
  });

  it('aligns the options and names the words', async () => {
    const { stdout } = await ct(['stop', '--help']);
    expect(stdout).toMatch(/^\$ ct stop <session>\.\.\.$/mu);
    const columns = [...stdout.matchAll(/^ {2}-.*? {2,}(?=\w)/gmu)].map(([start]) => start.length);
    expect(columns.length).toBeGreaterThan(3);
    expect(new Set(columns).size).toBe(1);
  });

  it('lists the commands of a group', async () => {
    const { status, stdout } = await ct(['sys']);
    expect(status).toBe(0);
    expect(stdout).toContain('sys doctor');
    expect(stdout).not.toContain('Run an agent');
  });
});

describe('mistakes', () => {
  it.each([
    [['rnu', 'gemini'], "ct: there is no command 'rnu'\n  did you mean 'ct run'?"],
    [
      ['gemini', '-p', 'x'],
      "ct: there is no command 'gemini'\n  it is an agent: type 'ct run gemini'",
    ],
    [['gemnii'], "ct: there is no command 'gemnii'\n  did you mean the agent: 'ct run gemini'?"],
    [['sys', 'docter'], "ct: there is no command 'sys docter'\n  did you mean 'ct sys doctor'?"],
    [['xyzzy'], "ct: there is no command 'xyzzy'\n  'ct help' lists"],
    [['help', 'gemini'], "'ct run --help' has ct's options, 'ct gemini --help' is the agent's own"],
    [['version'], "ct: there is no command 'version'\n  type:  ct --version"],
    [['-v', 'run', 'gemini'], "'-v'\n  options follow the command:  ct run -v …"],
    [['-x'], "'-x'\n  options follow the command; 'ct help' lists the commands"],
    [['cc', '-n', 'offline', 'zai'], 'ct run -n offline --provider <provider> claude'],
    [['shell', '-n', 'offline'], 'ct run -n offline shell'],
    [['secrets', 'grant', 'gemini'], "ct secrets grant: the secret's name is missing"],
    [['run'], 'ct: ct run: an argument is missing\n  usage: ct run '],
    [['run', '--bogus', 'gemini'], "ct: ct run: there is no option '--bogus'"],
    [['run', '-n'], "ct: ct run: the option '-n' needs a value"],
    [['run', '-n', 'strickt', 'gemini'], "ct: there is no network mode 'strickt'"],
    [['run', '-n', 'x', 'gemini'], "ct: there is no network mode 'x'"],
    [['attach', 'a', 'b'], "ct: ct attach: 'b' is one argument too many"],
    [['ps', 'x'], "ct: ct ps: 'x' is one argument too many"],
    [['exec', 'a'], 'ct: ct exec: the program to run is missing'],
    [['exec', 'a', '--'], 'ct: ct exec: the program to run is missing'],
    [['stop'], 'ct: ct stop: name sessions or give --all'],
    [['stop', '--all', 'a'], 'ct: ct stop: name sessions or give --all'],
    [['stop', 'a', '--timeout', 'soon'], "ct: --timeout: 'soon' is not a duration"],
    [['sys', 'init', 'nosuch'], "ct: there is no agent called 'nosuch'"],
  ])('%j', async (argv, message) => {
    const { status, stdout, stderr } = await ct(argv);
    expect(stderr).toContain(message);
    expect(stdout).toBe('');
    // What passes an agent's status through has one status of its own.
    expect(status).toBe(['attach', 'exec', 'run', 'shell'].includes(argv[0] ?? '') ? 125 : 2);
  });

  it('are JSON where JSON was asked for', async () => {
    const { status, stderr } = await ct(['ps', '--json', 'x']);
    expect(status).toBe(2);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'invalid_argument' } });
  });

  it('cannot drive the terminal', async () => {
    const { stderr } = await ct(['\u001b]0;x\u0007', 'y']);
    expect(stderr).not.toMatch(/[\u001b\u0007]/u);
  });
});

describe('root', () => {
  it.each([
    [['run', 'gemini', '--', '-p', "it's"]],
    [['shell']],
    [['attach', 'a']],
    [['exec', 'a', '--', 'ls']],
    [['sys', 'init']],
  ])('may not %j, and is told what to type', async (argv) => {
    const { status, stdout, stderr } = await ct(argv, { uid: 0 });
    expect(status).toBe(125);
    expect(stdout).toBe('');
    expect(stderr).toContain('ct: ct does not run sessions as root');
    expect(stderr).toContain(`runuser -l ct -c 'ct ${argv[0] ?? ''}`);
  });
});

describe('agents', () => {
  it('are listed as text and as JSON', async () => {
    expect((await ct(['agents'])).stdout).toMatch(/^gemini +Gemini CLI +- /mu);
    expect((await ct(['agents'])).stdout).toMatch(/ LOGIN FILE$/mu);
    const { agents } = JSON.parse((await ct(['agents', '--json'])).stdout) as {
      agents: { name: string }[];
    };
    expect(agents.map(({ name }) => name)).toContain('gemini');
  });
});
