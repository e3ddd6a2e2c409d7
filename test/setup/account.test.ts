import { expect, test } from 'vitest';
import { asAccount, logInPath, parsePasswd } from '../../setup/account.mjs';

const ct = { name: 'ct', uid: 1001, gid: 1001, home: '/home/ct', isSelf: false };

test('reads a passwd line', () => {
  expect(parsePasswd('ct:x:1001:1001::/home/ct:/bin/bash\n')).toEqual(ct);
  expect(parsePasswd('')).toBeUndefined();
});

test('runs as another account with a clean environment of its own', () => {
  const argv = asAccount(ct, '/home/ct/a b', ['ct', 'ps']);
  expect(argv.slice(0, 8)).toEqual([
    'runuser',
    '-u',
    'ct',
    '--',
    'env',
    '-C',
    '/home/ct/a b',
    '-i',
  ]);
  expect(argv).toContain('HOME=/home/ct');
  expect(argv.slice(-2)).toEqual(['ct', 'ps']);
});

test('leaves a caller who is the account his environment', () => {
  const self = { ...ct, isSelf: true };
  expect(asAccount(self, '/x', ['ct'], { A: '1' })).toEqual(['env', '-C', '/x', 'A=1', 'ct']);
});

test('keeps the tests of a caller who is the account apart from his environment', () => {
  const apart = { ...ct, isSelf: true, isApart: true, home: '/tmp/apart' };
  expect(asAccount(apart, '/x', ['ct'])).toEqual(expect.arrayContaining(['-i', 'HOME=/tmp/apart']));
});

test('adds the directory of Node to PATH where it is none of the usual ones', () => {
  expect(logInPath('/usr/bin')).toBe('/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin');
  expect(logInPath('/opt/node/bin')).toMatch(/:\/opt\/node\/bin$/);
});
