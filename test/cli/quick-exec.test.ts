import { describe, expect, it } from 'vitest';
import { parseQuickExec, performExec } from '../../src/cli/quick-exec.ts';
import { silentReport } from '../../src/base/report.ts';

describe('a plain ct exec', () => {
  it.each([
    ['exec 3f2a -- git status', { selector: '3f2a', args: ['git', 'status'] }],
    ['exec 3f2a git -v', { selector: '3f2a', args: ['git', '-v'] }],
    ['exec 3f2a -- -x', { selector: '3f2a', args: ['-x'] }],
    ['exec 3f2a -- -- x', { selector: '3f2a', args: ['--', 'x'] }],
  ])('is read: %s', (line, expected) => {
    expect(parseQuickExec(line.split(' '))).toEqual(expected);
  });

  it.each(['exec', 'exec 3f2a', 'exec 3f2a --', 'exec -v 3f2a ls', 'exec 3f2a --help', 'run x y'])(
    'is what the library reads: %s',
    (line) => {
      expect(parseQuickExec(line.split(' '))).toBeUndefined();
    },
  );

  it('is refused as root', async () => {
    const surroundings = { env: {}, uid: 0, report: silentReport };
    await expect(
      performExec({ selector: 'a', args: ['id'] }, surroundings, ['exec', 'a', 'id']),
    ).rejects.toMatchObject({ code: 'failed_precondition' });
  });
});
