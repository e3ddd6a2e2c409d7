import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

it('never has anybody open a directory of somebody else', () => {
  const denied = Object.assign(new Error('x'), { code: 'EACCES' });
  const error = notWritable(denied, '/nonexist-dir/.local/state/ct', '/home/u');
  expect(error?.message).toContain('below /: you may not write to it');
  expect(error?.hint).not.toContain('make / writable');
  expect(error?.hint).toMatch(/^set XDG_STATE_HOME.*HOME/u);
  const own = mkdtempSync(join(tmpdir(), 'ct-own-'));
  expect(notWritable(denied, `${own}/a`)?.hint).toMatch(`make ${own} writable`);
  rmSync(own, { recursive: true });
});

it('says of a home that it does not exist', () => {
  const denied = Object.assign(new Error('x'), { code: 'EACCES' });
  expect(notWritable(denied, '/nonexist/.local/state/ct', '/nonexist')).toMatchObject({
    message: expect.stringContaining('HOME is /nonexist, which does not exist') as string,
    hint: expect.stringMatching(/^set HOME to your home directory/u) as string,
  });
});
