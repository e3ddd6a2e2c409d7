import { describe, expect, it } from 'vitest';
import type { AttackReport, AttemptResult } from '../../../src/attack/attempt.ts';
import { renderAttack } from '../../../src/cli/output/attack.ts';

const held: AttemptResult = {
  id: 'SEC-02.1',
  title: 'io_uring',
  group: 'kernel',
  cve: [],
  stage: 'agent',
  expected: 'refused',
  seen: 'ENOSYS',
  verdict: 'held',
};
const report: AttackReport = {
  schema: 1,
  target: {
    ...{ preset: 'hardened', network: 'offline', seccomp: 'default', arch: 'x64' },
    ...{ enforced: {}, writable: [], projectFile: '.ct.toml' },
  },
  attempts: [
    held,
    {
      ...held,
      id: 'ESC-32.1',
      title: 'a file of the host, by every way up that anybody could think of',
      group: 'files',
      cve: ['CVE-2018-15664'],
      seen: 'read:/home/me/\u001b[2Jsecret',
      verdict: 'through',
    },
  ],
  left: [
    { id: 'LIM-01', title: 'forks', why: "this session has no limit 'pids'" },
    { id: 'ESC-04', title: 'images', why: 'in the suite: test/x.test.ts' },
  ],
  counts: { held: 1, through: 1, unknown: 0 },
  tookMs: 5400,
};

describe('the table of attempts', () => {
  const text = renderAttack(report);

  it('has a line of 80 columns at most for each, by group', () => {
    expect(text).toContain('\nheld    SEC-02.1  io_uring ');
    expect(text).toContain('\nfiles of the kernel, the image and the host\nTHROUGH ESC-32.1 ');
    const table = text.slice(0, text.indexOf('not tried'));
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('tells in full what got through, and makes it safe for the terminal', () => {
    expect(text).toContain(
      'anybody could think of (CVE-2018-15664)\n    expected refused, seen read:/home/me/\\e[2Jsecret\n',
    );
    expect(text).not.toContain('\u001b');
  });

  it('names what was not tried here, and ends with the sum', () => {
    expect(text).toContain("not tried: LIM-01 forks: this session has no limit 'pids'\n");
    expect(text).not.toContain('ESC-04');
    expect(text).toMatch(/\n2 attempts, 1 held, 1 got through, 0 not judged \(5\.4 s\)\n$/u);
  });

  it('uses a wide terminal', () => {
    expect(renderAttack(report, 160)).toContain('read:/home/me/\\e[2Jsecret\n');
  });
});
