import { execFileSync } from 'node:child_process';
import { symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findCarried } from '../../src/host/carried-files.ts';
import { scratch } from '../support/scratch.ts';

describe('files to carry over', () => {
  it('are all plain ones below the directory, or the one file', () => {
    const home = scratch({
      '.a/skills/x/SKILL.md': 'abc',
      '.a/skills/y.md': '',
      '.a/other': '',
      '.b.json': '{}',
    });
    expect(findCarried(home, '.a/skills')).toEqual([
      { path: '.a/skills/x/SKILL.md', bytes: 3 },
      { path: '.a/skills/y.md', bytes: 0 },
    ]);
    expect(findCarried(home, '.b.json')).toEqual([{ path: '.b.json', bytes: 2 }]);
    expect(findCarried(home, '.a/none')).toEqual([]);
    expect(findCarried(home, '.none/x')).toEqual([]);
  });

  it('are found where the directory itself is a link of the user', () => {
    const [home, dotfiles] = [
      scratch(),
      scratch({ 'claude/CLAUDE.md': 'mine', 'state.json': '{}' }),
    ];
    symlinkSync(`${dotfiles}/claude`, `${home}/.claude`);
    symlinkSync(`${dotfiles}/state.json`, `${home}/.claude.json`);
    expect(findCarried(home, '.claude/CLAUDE.md')).toEqual([
      { path: '.claude/CLAUDE.md', bytes: 4 },
    ]);
    expect(findCarried(home, '.claude.json')).toEqual([{ path: '.claude.json', bytes: 2 }]);
  });

  it('are not what a link leads to outside, nor pipes', () => {
    const home = scratch({ '.a/in.md': 'in', '.ssh/id_rsa': 'key', '.a/skills/': '' });
    symlinkSync('../in.md', `${home}/.a/skills/inner`);
    symlinkSync('../../.ssh/id_rsa', `${home}/.a/skills/outer`);
    symlinkSync('../../.ssh', `${home}/.a/skills/dir`);
    symlinkSync('nothing', `${home}/.a/skills/void`);
    symlinkSync('loop', `${home}/.a/skills/loop`);
    execFileSync('mkfifo', [`${home}/.a/skills/pipe`]);
    const found = findCarried(home, '.a/skills');
    expect(found.filter(({ refused }) => refused === undefined)).toEqual([
      { path: '.a/skills/inner', bytes: 2 },
    ]);
    expect(found).toHaveLength(6);
  });
});
