import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { launcher, withNode } from '../../setup/launcher.mjs';

/** Says what it was started with. */
const BODY =
  '"use strict"; try { undeclared = 1 } catch { console.log(JSON.stringify([process.argv.slice(1), process.env])) }';

function program(): string {
  const path = join(mkdtempSync(join(tmpdir(), 'ct launcher ')), 'it');
  writeFileSync(path, withNode(launcher('node') + BODY, process.execPath), { mode: 0o755 });
  return path;
}

function said(env: NodeJS.ProcessEnv, ...words: readonly string[]): [string[], NodeJS.ProcessEnv] {
  const path = program();
  const [argv, seen] = JSON.parse(execFileSync(path, words, { env, encoding: 'utf8' })) as [
    string[],
    NodeJS.ProcessEnv,
  ];
  expect(argv[0]).toBe(path);
  return [argv.slice(1), seen];
}

it('hands every word on as it is, and changes nothing else', () => {
  const words = ['a b', '', "'", '$HOME', '*', '-c', '\n'];
  const [argv, env] = said({ HOME: '/h' }, ...words);
  expect(argv).toEqual(words);
  const { PWD: _pwd, OLDPWD: _oldpwd, SHLVL: _level, _: _last, ...rest } = env;
  expect(rest).toEqual({ HOME: '/h' });
});

it('keeps the authorities from Node, and their name for ct', () => {
  const [, env] = said({ NODE_EXTRA_CA_CERTS: '/corp ca.pem' });
  expect(env['CT_EXTRA_CA_CERTS']).toBe('/corp ca.pem');
  expect(env).not.toHaveProperty('NODE_EXTRA_CA_CERTS');
});

it('takes the place of the shell: signals and status are those of the program', () => {
  const path = program();
  writeFileSync(path, withNode(launcher('node') + 'process.kill(process.pid, "SIGTERM")', 'node'));
  expect(spawnSync(path).signal).toBe('SIGTERM');
});

it('is not put before something else', () => {
  expect(() => withNode('#!/usr/bin/env node\nrest\n', '/n')).toThrow('does not begin');
});
