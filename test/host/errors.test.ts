import { expect, it } from 'vitest';
import { fileError } from '../../src/host/errors.ts';

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
