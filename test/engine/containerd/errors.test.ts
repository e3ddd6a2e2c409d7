import { describe, expect, it } from 'vitest';
import {
  callError,
  engineError,
  isNotConnected,
  throwIfStopped,
} from '../../../src/engine/containerd/errors.ts';

describe('what containerd says', () => {
  it.each([
    [2, 'OCI runtime create failed: executable file `/bin/nope` not found in $PATH', 'not_found'],
    [2, 'OCI runtime create failed: open executable: Permission denied', 'permission_denied'],
    [2, 'exec: "/etc/passwd": permission denied', 'permission_denied'],
    [2, 'write /x: no space left on device', 'resource_exhausted'],
    [2, "error stat'ing file `/gone`: No such file or directory", 'not_found'],
    [2, 'something new', 'failed_precondition'],
    [5, 'container "x" in namespace "ct": not found', 'not_found'],
    [6, 'snapshot "x": already exists', 'already_exists'],
    [4, 'Deadline exceeded', 'deadline_exceeded'],
    [14, 'Connection dropped', 'unavailable'],
  ])('with status %i and "%s" means %s', (code, details, meaning) => {
    expect(callError('do it', { code, details })).toMatchObject({ code: meaning });
  });

  it('keeps the exit status of a program that cannot run', () => {
    const missing = engineError('x', 'executable file `/bin/nope` not found in $PATH');
    expect(missing.details['exitStatus']).toBe(127);
    const locked = engineError('x', 'open executable: Permission denied');
    expect(locked.details['exitStatus']).toBe(126);
  });

  it('cannot drive the terminal', () => {
    expect(engineError('x', 'evil \u001b]0;title\u0007').message).not.toMatch(/[\u0000-\u001f]/u);
  });
});

describe('a call that did not leave', () => {
  it('is told from one that broke off', () => {
    const never = { code: 14, details: 'No connection established. Last error: connect ENOENT' };
    expect(isNotConnected(never)).toBe(true);
    expect(isNotConnected({ code: 14, details: 'Connection dropped' })).toBe(false);
    expect(isNotConnected({ code: 5, details: 'connect ENOENT' })).toBe(false);
  });
});

describe('a caller that stopped', () => {
  it('is why, whatever the engine says', () => {
    const stopped = AbortSignal.abort(new Error('ctrl-c'));
    expect(callError('x', { code: 1, details: 'Cancelled' }, stopped).code).toBe('canceled');
    expect(() => throwIfStopped('x', stopped)).toThrow(
      expect.objectContaining({ code: 'canceled' }),
    );
    expect(() => throwIfStopped('x', undefined)).not.toThrow();
  });
});
