import { describe, expect, it } from 'vitest';
import type { AgentChange } from '../../../src/session/agents.ts';
import type { MeasuredSession } from '../../../src/session/measure.ts';
import { renderAge, textOutput } from '../../../src/cli/output/text.ts';
import { Sink } from '../support.ts';

const session: MeasuredSession = {
  id: '3f2a1b4c',
  agent: 'gemini',
  project: '/home/me/a\u001b[2Jb',
  workdir: '/projects/a',
  network: 'permissive',
  life: 'attached',
  status: 'running',
  createdMs: 0,
  secrets: [],
  container: 'c0ffee',
  preset: 'hardened',
  pid: 7,
  enforcement: [
    { aspect: 'seccomp', level: 'full', detail: '' },
    { aspect: 'network', level: 'partial', detail: 'permissive' },
  ],
};

describe('text output', () => {
  it('prints sessions as a table, with foreign names made safe', () => {
    const sink = new Sink();
    textOutput(sink, () => 65_000).sessions([session]);
    expect(sink.text).toBe(
      'SESSION   AGENT   STATUS   LIFE      NETWORK     PRESET    WEAK     AGE  PROJECT\n' +
        '3f2a1b4c  gemini  running  attached  permissive  hardened  network  65s  /home/me/a\\e[2Jb\n',
    );
  });

  it('says what became of a pin', () => {
    const told = (change: Omit<AgentChange, 'name'>): string => {
      const sink = new Sink();
      textOutput(sink).agentChanges([{ name: 'gemini', ...change }]);
      return sink.text;
    };
    const same = { from: '0.61.0', to: '0.61.0' };
    expect(told(same)).toBe('gemini  0.61.0 as before\n');
    expect(told({ ...same, pinned: '0.61.0' })).toBe('gemini  pinned at 0.61.0\n');
    expect(told({ ...same, pinned: null })).toBe('gemini  no longer pinned\n');
    expect(told({ from: '0.61.0', to: '0.60.0', pinned: '0.60.0' })).toBe(
      'gemini  0.61.0 → 0.60.0, pinned\n',
    );
  });

  it('prints the ids of ended sessions, one a line', () => {
    const sink = new Sink();
    textOutput(sink).stopped(['a', 'b']);
    expect(sink.text).toBe('a\nb\n');
  });

  it('groups what the doctor found by what to do', () => {
    const sink = new Sink();
    textOutput(sink).doctor({
      schema: 1,
      notes: ['a note'],
      checks: [
        { id: 'a', title: 'A', status: 'ok', found: 'fine' },
        { id: 'b', title: 'B', status: 'fail', found: 'broken', fix: 'type:\nthis' },
      ],
      counts: { ok: 1, warn: 0, fail: 1, unknown: 0, skipped: 0 },
    });
    expect(sink.text).toBe(
      'a note\nok    A  fine\nFAIL  B  broken\n\nFAIL: B\n    type:\n    this\n\n' +
        '1 to cure before sessions can run\n',
    );
  });

  it('shows what a session changed, file by file, and when there is nothing', async () => {
    const sink = new Sink();
    const output = textOutput(sink, () => 65_000);
    const result = { dir: '/p', session: 'cafe0123', sinceMs: 0, isCutShort: false };
    await output.review({ ...result, changes: [] });
    const change = {
      path: 'Makefile',
      what: 'new',
      why: 'a build',
      before: '',
      after: 'all:\n',
    } as const;
    await output.review({ ...result, changes: [change], isCutShort: true });
    await output.review({ ...result, changes: [], isCutShort: true });
    expect(sink.text).toBe(
      'nothing that the host executes changed since session cafe0123 began, 65s ago\n' +
        'since session cafe0123 began, 65s ago:\nnew     Makefile  (a build)\n  + all:\n' +
        'not every directory was looked into (there are too many, or one is shut): there may be more\n' +
        'nothing that was found that the host executes changed since session cafe0123 began, 65s ago\n' +
        'not every directory was looked into (there are too many, or one is shut): there may be more\n',
    );
  });

  it.each([
    [-5000, '0s'],
    [119_000, '119s'],
    [120_000, '2m'],
    [7_200_000, '2h'],
    [172_800_000, '2d'],
  ])('shows an age of %i ms as %s', (ageMs, shown) => {
    expect(renderAge(ageMs)).toBe(shown);
  });
});
