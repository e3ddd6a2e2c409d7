import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readPlainFile, surveyPath, surveyProtected } from '../../src/host/survey-path.ts';
import { scratch } from '../support/scratch.ts';

const dir = scratch({ file: 'hello', 'd/x': '', 'empty/': '', 'held/.ct-0123abcd/': '' });
symlinkSync('file', `${dir}/link`);
execFileSync('mkfifo', [`${dir}/pipe`]);

describe('surveyPath', () => {
  it.each([
    ['file', 'file'],
    ['d', 'directory'],
    ['link', 'link'],
    ['pipe', 'other'],
    ['nothing', 'missing'],
    ['file/below', 'missing'],
  ])('takes %s for a %s', (name, kind) => expect(surveyPath(`${dir}/${name}`).kind).toBe(kind));

  it('tells things apart by inode', () => {
    expect(surveyPath(`${dir}/file`).inode).toMatch(/^\d+:\d+$/u);
    expect(surveyPath(`${dir}/file`).inode).not.toBe(surveyPath(`${dir}/d`).inode);
  });
});

describe('surveyProtected', () => {
  it.each([
    ['empty', 'missing'],
    ['held', 'missing'],
    ['d', 'directory'],
    ['file', 'file'],
  ])('takes %s for %s: what may go at any moment is not there', (name, kind) => {
    expect(surveyProtected(`${dir}/${name}`).kind).toBe(kind);
  });

  it('takes a stub for missing also while another session puts it there and takes it away', async () => {
    const path = `${dir}/coming`;
    const ticking = `const { mkdirSync, rmdirSync } = require('node:fs');
      for (;;) { mkdirSync(process.argv[1]); rmdirSync(process.argv[1]); }`;
    const other = spawn(process.execPath, ['-e', ticking, path], { stdio: 'ignore' });
    try {
      while (surveyPath(path).kind !== 'directory');
      const kinds = new Set(Array.from({ length: 50_000 }, () => surveyProtected(path).kind));
      expect([...kinds]).toEqual(['missing']);
    } finally {
      other.kill('SIGKILL');
      await once(other, 'close');
    }
  });
});

describe('readPlainFile', () => {
  it('reads no more than it is asked for', () => {
    expect(readPlainFile(`${dir}/file`, 4)?.toString()).toBe('hell');
    expect(readPlainFile(`${dir}/file`, 400)?.toString()).toBe('hello');
  });

  it.each(['link', 'pipe', 'd', 'nothing'])('does not read a %s, and is not held up', (name) => {
    expect(readPlainFile(`${dir}/${name}`, 10)).toBeUndefined();
  });
});
