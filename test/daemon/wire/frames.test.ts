import { describe, expect, it } from 'vitest';
import { errorReply, parseReply, parseRequest } from '../../../src/daemon/wire/frames.ts';
import { CtError } from '../../../src/base/errors.ts';

const KEY = 'a'.repeat(64);
const question = { v: 1, ct: '1.0.0', key: KEY, method: 'claim', params: { of: 'it' } };
const RESTART = expect.stringContaining('ct daemon restart');

describe('a question', () => {
  it('is read as it was asked', () => {
    expect(parseRequest(question, '1.0.0', KEY)).toEqual(question);
  });

  it.each([
    ['another ct', { ct: '0.9.0' }, 'ct 1.0.0, and this is ct 0.9.0'],
    ['other frames', { v: 2 }, 'of another build'],
  ])('of %s is refused with the remedy', (_who, parts, message) => {
    expect(() => parseRequest({ ...question, ...parts }, '1.0.0', KEY)).toThrow(
      expect.objectContaining({
        code: 'failed_precondition',
        message: expect.stringContaining(message),
        hint: RESTART,
      }),
    );
  });

  it.each(['status', 'leave'])('for %s may come from another ct', (method) => {
    expect(parseRequest({ ...question, method, ct: '0.9.0' }, '1.0.0', KEY)).toMatchObject({
      method,
    });
  });

  it.each(['b'.repeat(64), '', 'a'.repeat(63)])('without the key is refused: %j', (key) => {
    expect(() => parseRequest({ ...question, key }, '1.0.0', KEY)).toThrow(
      expect.objectContaining({ code: 'permission_denied' }),
    );
  });

  it.each([null, 7, 'x', [], {}, { ...question, method: 7 }, { ...question, key: undefined }])(
    'that is none is refused: %j',
    (value) => {
      expect(() => parseRequest(value, '1.0.0', KEY)).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      );
    },
  );
});

describe('an answer', () => {
  it('is its result', () => {
    const reply = { v: 1, ct: '1.0.0', ok: true, result: [1] };
    expect(parseReply(reply, '1.0.0', 'claim')).toEqual([1]);
  });

  it('of another version is refused with the remedy, but for what replaces it', () => {
    const reply = { v: 1, ct: '2.0.0', ok: true, result: 1 };
    expect(() => parseReply(reply, '1.0.0', 'claim')).toThrow(
      expect.objectContaining({ code: 'failed_precondition', hint: RESTART }),
    );
    expect(parseReply(reply, '1.0.0', 'status')).toBe(1);
    expect(() => parseReply({ ...reply, v: 2 }, '1.0.0', 'status')).toThrow(
      expect.objectContaining({ code: 'failed_precondition', hint: RESTART }),
    );
  });

  it('carries an error with code, message and hint', () => {
    const thrown = new CtError('resource_exhausted', 'the disk is full', { hint: 'free space' });
    expect(() => parseReply(errorReply('1.0.0', thrown), '1.0.0', 'claim')).toThrow(thrown);
    expect(() => parseReply({ error: { code: 'toString' } }, '1.0.0', 'claim')).toThrow(
      expect.objectContaining({ code: 'internal' }),
    );
  });

  it.each([
    { v: 1, ct: '1.0.0' },
    { v: 1, ct: '1.0.0', ok: 1 },
  ])('may be none: %j', (value) => {
    expect(() => parseReply(value, '1.0.0', 'claim')).toThrow(
      expect.objectContaining({ code: 'unavailable' }),
    );
  });
});
