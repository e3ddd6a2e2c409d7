import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { launcher, readCpu, withNode } from '../../setup/launcher.mjs';

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

describe('a start from a snapshot', () => {
  /** A program that says what it was started with in Node's place, and what the launcher looks at. */
  function ground() {
    const dir = mkdtempSync(join(tmpdir(), 'ct-quick-'));
    const at = (name: string): string => join(dir, name);
    const [it, node, blob, code, cpu] = ['it', 'node', 'blob', 'code', 'cpu'].map(at) as [
      ...[string, string, string, string, string],
    ];
    writeFileSync(node, '#!/bin/sh\necho "$1"\nenv\n', { mode: 0o755 });
    for (const path of [blob, code]) writeFileSync(path, '');
    const then = new Date('2026-01-02T03:04:05.678Z');
    for (const path of [blob, code]) utimesSync(path, then, then);
    const read = spawnSync('/bin/sh', ['-c', `${readCpu('cpu')}; printf %s "$cpu"`]);
    writeFileSync(cpu, `${String(read.stdout)}\n`);
    const text = withNode(`${launcher('node')}`, node, { blob, code, cpu });
    writeFileSync(it, text, { mode: 0o755 });
    const start = (env: NodeJS.ProcessEnv = {}): string =>
      execFileSync(it, ['word'], { env, encoding: 'utf8' });
    return { start, it, blob, code, cpu };
  }

  it('is one when Node and the processor are those that it was made with', () => {
    const { start, it, blob } = ground();
    const [first, ...env] = start({ HOME: '/h' }).split('\n');
    expect(first).toBe(`--snapshot-blob=${blob}`);
    expect(
      env.filter((line) => !/^(HOME=\/h|PWD=.*|_=.*|SHLVL=.*|OLDPWD=.*|)$/u.test(line)),
    ).toEqual([]);
    expect(start()).not.toContain(it);
  });

  it.each<[string, (at: ReturnType<typeof ground>) => void, NodeJS.ProcessEnv]>([
    ['Node is a newer one', ({ code }) => utimesSync(code, new Date(), new Date()), {}],
    ['Node is an older one', ({ code }) => utimesSync(code, 1, 1), {}],
    ['Node is elsewhere', ({ code }) => rmSync(code), {}],
    ['it is not there', ({ blob }) => rmSync(blob), {}],
    ['the processor is another one', ({ cpu }) => writeFileSync(cpu, 'flags : sse2;\n'), {}],
    ['nothing is known of the processor', ({ cpu }) => rmSync(cpu), {}],
    ['the user has flags for Node', () => undefined, { NODE_OPTIONS: '--max-old-space-size=300' }],
  ])('is none when %s', (_when, change, env) => {
    const at = ground();
    change(at);
    expect(at.start(env).split('\n')[0]).toBe(at.it);
  });
});
