import { describe, expect, it } from 'vitest';
import { CtError, isCtError } from '../../src/base/errors.ts';

describe('CtError', () => {
  it('keeps an error that it already knows', () => {
    const error = new CtError('not_found', 'no such session');
    expect(CtError.from(error)).toBe(error);
  });

  it('calls anything that nobody translated a bug, with its cause kept for the log', () => {
    const cause = new TypeError('x is not a function');
    const error = CtError.from(cause);
    expect(error.code).toBe('internal');
    expect(error.cause).toBe(cause);
    expect(error.hint).toContain('bug');
  });

  it('carries what went wrong while cleaning up, beside the failure itself', () => {
    const cleanup = new CtError('unavailable', 'the engine is gone');
    const both = new CtError('canceled', 'stopped', { hint: 'run again' }).withCleanup([cleanup]);
    expect(both.cleanup).toEqual([cleanup]);
    expect(both.hint).toBe('run again');
    expect(both.code).toBe('canceled');
  });

  it('is recognised by code', () => {
    expect(isCtError(new CtError('canceled', 'x'), 'canceled', 'internal')).toBe(true);
    expect(isCtError(new CtError('canceled', 'x'), 'internal')).toBe(false);
    expect(isCtError(new Error('x'))).toBe(false);
  });
});
