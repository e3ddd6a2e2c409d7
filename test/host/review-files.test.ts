import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findExecutables, takeSnapshot } from '../../src/host/review-files.ts';
import { put, scratch } from '../support/scratch.ts';

describe('takeSnapshot', () => {
  it('has the files that the host executes, git’s among them, with their texts', () => {
    const dir = scratch({
      ...{ Makefile: 'all:', 'src/x.ts': '', '.git/config': 'c', '.git/hooks/pre-push': 'p' },
      ...{ '.git/hooks/pre-push.sample': 's', 'sub/.git/config': 'n' },
    });
    const { files } = takeSnapshot(dir, `${dir}/.git`);
    expect(Object.fromEntries(files.map(({ path, text }) => [path, text]))).toEqual({
      '.git/config': 'c',
      '.git/hooks/pre-push': 'p',
      'sub/.git/config': 'n',
      Makefile: 'all:',
    });
  });

  it('has what the configuration of git includes from beside itself', () => {
    const dir = scratch({ '.git/config': '[include]\n path = extra.inc\n path = ../a.inc\n' });
    put(dir, { '.git/extra.inc': '[core]', 'a.inc': '' });
    const { files } = takeSnapshot(dir, `${dir}/.git`);
    expect(files.map(({ path }) => path)).toEqual(['.git/config', '.git/extra.inc']);
  });

  it('keeps no text that is long or binary, and the target of a link', () => {
    const dir = scratch({ Makefile: 'x'.repeat(70_000), 'package.json': 'a\0b' });
    symlinkSync('/etc/shadow', `${dir}/Dockerfile`);
    const { files } = takeSnapshot(dir, undefined);
    expect(Object.fromEntries(files.map(({ path, text }) => [path, text]))).toEqual({
      Makefile: undefined,
      'package.json': undefined,
      Dockerfile: '-> /etc/shadow',
    });
  });

  it('is bounded', () => {
    const dir = scratch();
    for (let index = 0; index < 120; index++)
      put(dir, { [`d${index}/Makefile`]: 'x'.repeat(60_000) });
    const { files, isCutShort } = takeSnapshot(dir, undefined);
    expect(files.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)).toBeLessThan(5_000_000);
    expect(isCutShort || files.length < 120 || files.some(({ text }) => text === undefined)).toBe(
      true,
    );
  });
});

describe('findExecutables', () => {
  it('tells new ones from old ones that were changed, by clocks that nobody can set', async () => {
    const dir = scratch({ old: 'a', untouched: 'b', plain: 'c' });
    for (const name of ['old', 'untouched']) chmodSync(`${dir}/${name}`, 0o755);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const since = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 30));
    writeFileSync(`${dir}/old`, 'changed');
    put(dir, { 'bin/new': 'n', 'bin/data': 'd' });
    chmodSync(`${dir}/bin/new`, 0o755);
    symlinkSync('new', `${dir}/bin/link`);
    expect(findExecutables(dir, since).files).toEqual([
      { path: 'old', isNew: false, text: 'changed' },
      { path: 'bin/new', isNew: true, text: 'n' },
    ]);
  });

  it('keeps as many texts as a snapshot may, and names the others', () => {
    const dir = scratch();
    for (let index = 0; index < 120; index++) {
      put(dir, { [`x${index}`]: 'x'.repeat(60_000) });
      chmodSync(`${dir}/x${index}`, 0o755);
    }
    const found = findExecutables(dir, 0).files;
    expect(found).toHaveLength(120);
    expect(found.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)).toBeLessThan(4_200_000);
  });
});
