import { describe, expect, it } from 'vitest';
import { engineError } from '../../../src/engine/podman/errors.ts';
import {
  answerError,
  brokenImage,
  mayPass,
  wireError,
  wordsOf,
} from '../../../src/engine/registry/failures.ts';

const broken = (code: string, message = ''): Error => Object.assign(new Error(message), { code });

describe('what goes wrong with a registry', () => {
  it.each([
    [answerError('a.b', 401, 'authentication required'), 'authentication required'],
    [answerError('a.b', 404, 'manifest unknown'), 'manifest unknown'],
    [wireError('a.b', broken('ECONNREFUSED')), 'dial tcp: connection refused'],
    [wireError('a.b', broken('ECONNRESET')), 'connection reset by peer'],
    [wireError('a.b', broken('CERT_HAS_EXPIRED')), 'x509: certificate has expired'],
    [wireError('a.b', broken('DEPTH_ZERO_SELF_SIGNED_CERT')), 'x509: unknown authority'],
    [answerError('a.b', 429, 'toomanyrequests'), 'toomanyrequests'],
  ])('has the code and the hint that it has with Podman: %s', (error, theirs) => {
    const podman = engineError('pull', { status: 200, text: theirs });
    expect(error.code).toBe(podman.code);
    expect(error.hint).toBe(podman.hint?.replaceAll('REGISTRY', 'a.b'));
    expect(error.details['missing']).toBe(podman.details['missing']);
  });

  it('may pass or not', () => {
    expect(mayPass(wireError('a.b', broken('ECONNRESET')))).toBe(true);
    expect(mayPass(answerError('a.b', 503, ''))).toBe(true);
    expect(mayPass(wireError('a.b', broken('CERT_HAS_EXPIRED')))).toBe(false);
    expect(mayPass(answerError('a.b', 404, ''))).toBe(false);
    expect(mayPass(brokenImage('a.b', 'another digest'))).toBe(false);
  });

  it('is told without control characters, and not at length', () => {
    const { message } = answerError('a.b', 500, `\u001b[31m${'x'.repeat(5000)}`);
    expect(message).toMatch(/^a\.b says: \\e\[31mx+ \(500\)$/u);
    expect(message.length).toBeLessThan(400);
  });

  it('is told in the words of the answer, if it has some', () => {
    expect(wordsOf('{"errors":[{"code":"X"},{"message":" no "}]}')).toBe('no');
    expect(wordsOf('<html>')).toBe('');
    expect(wordsOf('{"errors":{"message":"x"}}')).toBe('');
    expect(wordsOf('null')).toBe('');
  });

  it('says so when the other side speaks something else', () => {
    expect(wireError('a.b', broken('EPROTO')).message).toBe('a.b does not speak TLS');
    expect(wireError('a.b', broken('HPE_INVALID_CONSTANT')).message).toMatch(/not speak HTTP/u);
  });
});
