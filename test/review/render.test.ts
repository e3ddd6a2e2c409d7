import { describe, expect, it } from 'vitest';
import type { Change } from '../../src/review/compare.ts';
import { LONG, renderChanges, SHORT } from '../../src/review/render.ts';
import { processorMs } from '../support/processor-time.ts';

const change = (other: Partial<Change>): Change => ({
  ...{
    path: 'Makefile',
    what: 'changed',
    why: 'a build',
    before: 'a\nb\nc\nd\n',
    after: 'a\nb\nX\nd\n',
  },
  ...other,
});

describe('renderChanges', () => {
  it('shows each file with its difference', () => {
    expect(renderChanges([change({})], LONG)).toEqual([
      'changed Makefile  (a build)',
      ...['    b', '  - c', '  + X', '    d'],
    ]);
  });

  it('lets nothing of the project drive the terminal', () => {
    const evil = change({
      path: 'a\u001b[2J\nct: all is well',
      after: '\u001b]52;c;x\u0007\u202e\r',
    });
    for (const line of renderChanges([evil], LONG)) {
      // eslint-disable-next-line no-control-regex -- that there are none is what is tested
      expect(line).not.toMatch(/[\u0000-\u001f\u202e]/u);
    }
  });

  it('points to what git would execute, if it was not there before', () => {
    const path = 'sub/.git/config';
    const after = 'pager = less\nfsmonitor = touch x\n';
    const lines = renderChanges([change({ path, before: 'pager = less\n', after })], LONG);
    expect(lines[1]).toBe('  ! git executes this on the host: fsmonitor = touch x');
    expect(lines.filter((line) => line.includes('!'))).toHaveLength(1);
  });

  it('is short where it should be, and says what it left out', () => {
    const long = Array.from({ length: 500 }, (_, index) => `line ${index}`).join('\n');
    const many = Array.from({ length: 50 }, (_, index) =>
      change({ path: `m${index}`, after: long }),
    );
    const lines = renderChanges(many, SHORT);
    expect(lines.length).toBeLessThanOrEqual(SHORT.lines + SHORT.linesEach + 3);
    expect(lines.at(-1)).toBe('… and more');
    expect(lines.some((line) => /more lines/u.test(line))).toBe(true);
  });

  it('does without texts, and is not held up by hostile ones', () => {
    expect(renderChanges([change({ after: undefined })], LONG)[1]).toContain('look at it yourself');
    const text = (seed: number) =>
      Array.from({ length: 20_000 }, (_, index) => String((index * seed) % 9973)).join('\n');
    const both = change({ before: text(7), after: text(4241) });
    expect(processorMs(() => renderChanges([both], LONG))).toBeLessThan(3000);
  });
});
