import { describe, expect, it } from 'vitest';
import {
  compareSnapshots,
  dangerousGitLines,
  type ReviewedFile,
  type Snapshot,
} from '../../src/review/compare.ts';

const file = (path: string, stamp: string, text?: string): ReviewedFile => ({
  ...{ path, why: 'a build', stamp, text },
});
const at = (...files: readonly ReviewedFile[]): Snapshot => ({
  ...{ schema: 1, dir: '/p', session: 's', takenMs: 1, files, isCutShort: false },
});

describe('compareSnapshots', () => {
  it('tells new, changed and touched files apart', () => {
    const before = at(
      file('a', '1', 'x'),
      file('b', '1', 'x'),
      file('c', '1'),
      file('d', '1', 'x'),
    );
    const after = at(
      ...[file('a', '1', 'x'), file('b', '2', 'y'), file('c', '2'), file('d', '2', 'x')],
      file('e', '1', 'z'),
    );
    const changes = compareSnapshots(before, after, []);
    expect(changes.map(({ path, what }) => `${what} ${path}`)).toEqual([
      'changed b',
      'changed c',
      'new e',
    ]);
  });

  it('counts what is removed only where that changes what runs', () => {
    const before = at(file('Makefile', '1'), file('.git/config', '1', 'x'));
    expect(compareSnapshots(before, at(), [])).toMatchObject([
      { path: '.git/config', what: 'removed' },
    ]);
  });

  it('has executables that are not among the files already', () => {
    const programs = [
      { path: 'run.sh', isNew: true, text: 'x' },
      { path: 'gradlew', isNew: false, text: 'x' },
    ];
    const changes = compareSnapshots(at(), at(file('gradlew', '1', 'x')), programs);
    expect(changes.map(({ path, what }) => `${what} ${path}`)).toEqual([
      'new gradlew',
      'new run.sh',
    ]);
  });

  it('is empty for equal snapshots, and sorted for others', () => {
    const files = ['z', 'a', 'm'].map((path) => file(path, '1', 'x'));
    expect(compareSnapshots(at(...files), at(...files), [])).toEqual([]);
    const paths = compareSnapshots(at(), at(...files), []).map(({ path }) => path);
    expect(paths).toEqual(['a', 'm', 'z']);
  });
});

describe('dangerousGitLines', () => {
  it.each([
    ...['fsmonitor = x', '\thooksPath=.h', 'sshCommand = x', 'pager = x', 'clean = x', 'x = !sh'],
    ...[
      'helper = store',
      'path = ../x',
      'program = gpg',
      'process = x',
      'external = x',
      'x = "!sh"',
    ],
  ])('finds %j', (line) => expect(dangerousGitLines(`[a]\n${line}\n`)).toEqual([line.trim()]));

  it('finds nothing in an ordinary configuration', () => {
    const text =
      '[core]\n\tbare = false\n[remote "o"]\n\turl = u\n\tfetch = +a:b\n[branch "m"]\n\tmerge = r\n';
    expect(dangerousGitLines(text)).toEqual([]);
  });
});
