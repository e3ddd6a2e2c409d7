import { describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { tidyUsage, usageErrorFrom } from '../../src/cli/usage.ts';

const syntaxError = (reason: string) =>
  Object.assign(new Error(reason), {
    clipanion: { type: 'none' },
    candidates: [{ usage: 'ct ps [--x #0]', reason }],
  });

describe('usageErrorFrom', () => {
  it('leaves what is no parse error alone', () => {
    const error = new TypeError('x');
    expect(usageErrorFrom(error, ['ps'])).toBe(error);
  });

  it('says it in our words, with the usage', () => {
    const error = usageErrorFrom(syntaxError('Unsupported option name ("-z").'), ['ps']) as CtError;
    expect(error).toBeInstanceOf(CtError);
    expect(error.message).toBe("ct ps: there is no option '-z'");
    expect(error.hint).toBe("usage: ct ps [--x <value>]\nsee 'ct ps --help'");
  });

  it('passes on what it has no words for', () => {
    const error = usageErrorFrom(syntaxError('Something else.'), ['ps']) as CtError;
    expect(error.message).toBe('ct ps: something else');
  });
});

describe('tidyUsage', () => {
  it('names values and drops trailing spaces', () => {
    expect(tidyUsage('--a #0  \n--b #1\n')).toBe('--a <value>\n--b <value>\n');
  });
});
