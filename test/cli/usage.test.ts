import { describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { tidyUsage, usageErrorFrom, type TypedCommand } from '../../src/cli/usage.ts';

const syntaxError = (reason: string) =>
  Object.assign(new Error(reason), {
    clipanion: { type: 'none' },
    candidates: [{ usage: 'ct ps [--x #0]', reason }],
  });

describe('usageErrorFrom', () => {
  it('leaves what is no parse error alone', () => {
    const error = new TypeError('x');
    expect(usageErrorFrom(error, { path: ['ps'] })).toBe(error);
  });

  it('says it in our words, with the usage', () => {
    const error = usageErrorFrom(syntaxError('Unsupported option name ("-z").'), {
      path: ['ps'],
    }) as CtError;
    expect(error).toBeInstanceOf(CtError);
    expect(error.message).toBe("ct ps: there is no option '-z'");
    expect(error.hint).toBe("usage: ct ps [--x <value>]\nsee 'ct ps --help'");
  });

  it('passes on what it has no words for', () => {
    const error = usageErrorFrom(syntaxError('Something else.'), { path: ['ps'] }) as CtError;
    expect(error.message).toBe('ct ps: something else');
  });

  const verbose = { names: ['--verbose', '-v'], takesValue: false };
  const hintFor = (option: string, typed: Partial<TypedCommand>) => {
    const thrown = syntaxError(`Unsupported option name ("${option}").`);
    return (usageErrorFrom(thrown, { path: ['ps'], options: [verbose], ...typed }) as CtError).hint;
  };

  it('guesses what was meant by a word, and not by a letter', () => {
    expect(hintFor('--verbos', {})).toContain("did you mean '--verbose'?");
    expect(hintFor('-n', {})).not.toContain('did you mean');
  });

  it('names the run that has the option', () => {
    const runOptions = [verbose, { names: ['--network', '-n'], takesValue: true }];
    expect(
      hintFor('-n', { path: ['shell'], argv: ['shell', '-n', 'offline'], runOptions }),
    ).toMatch(/^'ct run' has it: {2}ct run -n offline shell\n/u);
    const cc = { path: ['cc'], argv: ['cc', '--network=offline', 'zai'], runOptions };
    expect(hintFor('--network', cc)).toMatch(
      /^'ct run' has it: {2}ct run --network=offline --provider <provider> claude\n/u,
    );
    expect(hintFor('-v', { path: ['cc'], argv: ['cc', '-v'], runOptions })).toContain(
      'ct run -v --p',
    );
  });

  it('says of a grant without a secret that its name is missing, and repeats nothing else', () => {
    const path = ['secrets', 'grant'];
    const error = (reason: string, ...words: readonly string[]) =>
      usageErrorFrom(syntaxError(reason), { path, argv: [...path, ...words] }) as CtError;
    const short = 'Not enough positional arguments.';
    expect(error(short, 'codex')).toMatchObject({
      message: "ct secrets grant: the secret's name is missing",
      hint: 'for example:  ct secrets grant gemini GEMINI_API_KEY',
    });
    expect(error(short, '-v').message).toContain('cannot be understood');
    expect(error('Extraneous positional argument ("s3cret").', 'a', 'b').message).toBe(
      'ct secrets grant: the words after it cannot be understood',
    );
  });
});

describe('tidyUsage', () => {
  it('names values and drops trailing spaces', () => {
    expect(tidyUsage('--a #0  \n--b #1\n')).toBe('--a <value>\n--b <value>\n');
  });

  it.each([
    ['$ ct stop ...\n', '<session>...', '$ ct stop <session>...\n'],
    ['ct exec <session> ...', '<command> [arguments]', 'ct exec <session> <command> [arguments]'],
    ['ct agents install <agent> ...', '<agent>...', 'ct agents install <agent>...'],
    ['ct completion [-v,--verbose] <shell> ...', '', 'ct completion [-v,--verbose] <shell>'],
  ])('names words of any number: %j', (text, rest, expected) => {
    expect(tidyUsage(text, rest)).toBe(expected);
  });

  it.each([
    ['', ''],
    ['\u001b[1m', '\u001b[22m'],
  ])('aligns what options mean, in colour too: %j', (bold, end) => {
    const line = (option: string, width: number) =>
      `  ${bold}${option.padEnd(width)}${end}    what it does`;
    const text = [line('-v,--verbose', 12), line('--engine #0', 12)].join('\n');
    expect(tidyUsage(text).split('\n')).toEqual([
      line('-v,--verbose', 16),
      line('--engine <value>', 16),
    ]);
  });
});
