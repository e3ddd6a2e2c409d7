import { describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { fail, renderError, reportBug, passesStatus } from '../../src/cli/fail.ts';
import { Sink } from './support.ts';

const text = { json: false, passesStatus: false, trace: false };

describe('fail', () => {
  it('prints the message and the hint, line by line', () => {
    const error = new CtError('unavailable', 'no engine', { hint: 'type:\nthat' });
    expect(renderError(error)).toBe('ct: no engine\n  type:\n  that\n');
  });

  it('tells what could not be cleaned up', () => {
    const error = new CtError('internal', 'broken').withCleanup([
      new CtError('unavailable', 'container x: no engine'),
    ]);
    expect(renderError(error)).toContain('  also, while cleaning up: container x: no engine\n');
  });

  it('lets no foreign text drive the terminal, in text and in JSON', () => {
    const error = new CtError('not_found', 'no \u001b[2Jfile\u202e', { hint: '\u009b' });
    const sink = new Sink();
    fail(error, sink, text);
    fail(error, sink, { json: true, passesStatus: false, trace: false });
    expect(sink.text).not.toMatch(/[\u001b\u009b\u202e]/u);
  });

  it('writes one line of JSON', () => {
    const sink = new Sink();
    fail(new CtError('not_found', 'no file', { details: { path: '/x' } }), sink, {
      json: true,
      passesStatus: false,
      trace: true,
    });
    expect(sink.text.split('\n')).toHaveLength(2);
    expect(JSON.parse(sink.text)).toEqual({
      error: { code: 'not_found', message: 'no file', hint: null, details: { path: '/x' } },
    });
  });

  it.each([
    [new CtError('invalid_argument', 'x'), 2],
    [new CtError('invalid_config', 'x'), 125],
    [new CtError('canceled', 'x', { details: { signal: 'SIGINT' } }), 130],
    [new CtError('canceled', 'x'), 125],
    [new TypeError('x'), 125],
    ['a string', 125],
  ])('gives %s its exit status', (thrown, status) => {
    expect(fail(thrown, new Sink(), text)).toBe(status);
  });

  it('shows where a bug came from', () => {
    const sink = new Sink();
    reportBug(new TypeError('x is undefined'), sink);
    expect(sink.text).toMatch(/^ct: x is undefined\n {2}this is a bug in ct/u);
    expect(sink.text).toContain('fail.test.ts');
  });
});

describe('a command that passes an agent’s status through', () => {
  it('never gives a usage error the status that an agent could have had', () => {
    const wrong = new CtError('invalid_argument', 'no such option');
    const sink = { write: () => true };
    expect(fail(wrong, sink, { ...text, passesStatus: true })).toBe(125);
    expect(fail(wrong, sink, text)).toBe(2);
    expect(['run', 'exec', 'attach', 'shell'].every(passesStatus)).toBe(true);
    expect(passesStatus('ps')).toBe(false);
  });
});
