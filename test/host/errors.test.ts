import { expect, it } from 'vitest';
import { fileError, notWritable } from '../../src/host/errors.ts';

it.each(['EACCES', 'EROFS', 'ENOSPC', 'ENOENT', 'EDQUOT', 'EMFILE'])(
  'says which path %s is about and what to do',
  (code) => {
    const error = fileError(Object.assign(new Error(code), { code }), 'write', '/a\nb');
    expect(error.message).toContain('cannot write /a\\nb: ');
    expect(error.hint).not.toBe('');
    expect(error.code).not.toBe('internal');
  },
);

it('calls an errno that it does not know a bug', () => {
  expect(fileError(Object.assign(new Error('?'), { code: 'EBADF' }), 'read', '/a').code).toBe(
    'internal',
  );
});

it.each([
  ['EACCES', 'permission_denied', 'you may not write to it'],
  ['EROFS', 'failed_precondition', 'read-only'],
] as const)(
  'names the existing directory that keeps %s ours from being made',
  (code, kind, why) => {
    const error = notWritable(Object.assign(new Error(code), { code }), '/proc/none/ct/logs');
    expect(error).toMatchObject({ code: kind });
    expect(error?.message).toContain(`below /proc: `);
    expect(error?.message).toContain(why);
    expect(error?.hint).toContain('XDG_STATE_HOME');
  },
);

it('leaves other failures of making a directory to others', () => {
  expect(notWritable(Object.assign(new Error('x'), { code: 'ENOSPC' }), '/a/b')).toBeUndefined();
});
