import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { readGitIdentity } from '../../src/host/git-identity.ts';

let home: string;
beforeEach(() => {
  home = realpathSync(mkdtempSync(join(tmpdir(), 'ct-git-')));
  mkdirSync(join(home, 'state'), { mode: 0o700 });
});

const read = (path = process.env['PATH']) =>
  readGitIdentity({ env: { PATH: path }, home, stateDir: join(home, 'state') });
const git = (text: string): void => writeFileSync(join(home, '.gitconfig'), text);

describe('readGitIdentity', () => {
  it('is empty without a configuration, and asks no git for it', async () => {
    expect(await read('/nonexistent')).toEqual({});
  });

  it('reads name and address as git has them', async () => {
    git('[user]\n name = "Ada L" # c\n email = ada@example.org\n');
    expect(await read()).toEqual({ name: 'Ada L', email: 'ada@example.org' });
  });

  it('starts git once, and again when the file changed', async () => {
    git('[user]\n name = A\n');
    await read();
    expect(await read('/nonexistent')).toEqual({ name: 'A' });
    git('[user]\n name = Other\n');
    expect(await read()).toEqual({ name: 'Other' });
  });

  it('follows includes, every time', async () => {
    writeFileSync(join(home, 'more'), '[user]\n name = Included\n');
    git('[include]\n path = more\n');
    expect(await read()).toEqual({ name: 'Included' });
    writeFileSync(join(home, 'more'), '[user]\n name = Changed\n');
    expect(await read()).toEqual({ name: 'Changed' });
  });

  it('finds the global ignore file, by name and where git looks itself', async () => {
    mkdirSync(join(home, '.config/git'), { recursive: true });
    writeFileSync(join(home, '.config/git/ignore'), '*.log\n');
    expect(await read()).toEqual({ ignoreFile: join(home, '.config/git/ignore') });
    writeFileSync(join(home, 'mine'), '*.tmp\n');
    git('[core]\n excludesFile = ~/mine\n');
    expect(await read()).toEqual({ ignoreFile: join(home, 'mine') });
    rmSync(join(home, 'mine'));
    expect(await read()).toEqual({});
  });

  it('passes on no control characters', async () => {
    git('[user]\n name = "a\\tb"\n');
    expect(await read()).toEqual({});
  });
});
