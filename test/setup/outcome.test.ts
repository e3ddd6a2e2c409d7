import { expect, test } from 'vitest';
import {
  outcomeNotRun,
  outcomeOfCheck,
  joinReports,
  outcomeOfReport,
  renderSummary,
} from '../../setup/outcome.mjs';

const report = (passed: number, failed: number, skipped: object[] = []) =>
  JSON.stringify({ passed, failed, failures: ['b: why'], skipped });

test('takes the numbers of a report', () => {
  const skipped = [{ name: 'a', reason: 'no tun' }];
  expect(outcomeOfReport('unit', report(3, 1, skipped), 1)).toEqual({
    passed: 3,
    failed: 1,
    failures: ['b: why'],
    skipped,
    unsteady: [],
  });
});

test('counts a suite as failed that wrote no report, ran no test, or ended badly', () => {
  expect(outcomeOfReport('unit', '', 0)).toMatchObject({
    failed: 1,
    fault: 'no report (status 0)',
  });
  expect(outcomeOfReport('unit', '{"passed":', 0)).toMatchObject({ failed: 1 });
  const skipped = [{ name: 'a', reason: 'b' }];
  expect(outcomeOfReport('unit', report(0, 0, skipped), 0)).toMatchObject({ failed: 1, skipped });
  expect(outcomeOfReport('unit', report(5, 0), 137)).toMatchObject({ passed: 5, failed: 1 });
});

test('adds the reports of several runners up, and has none when one wrote none', () => {
  const skipped = [{ name: 'a', reason: 'no tun' }];
  expect(JSON.parse(joinReports([report(3, 1, skipped), report(2, 1)]))).toEqual({
    ...{ passed: 5, failed: 2 },
    ...{ failures: ['b: why', 'b: why'], skipped, unsteady: [] },
  });
  expect(joinReports([report(3, 0), ''])).toBe('');
});

test('names a suite that a guest could not run', () => {
  const outcome = outcomeOfReport('host:x', '{"obstacle":"no such Node"}', 0);
  expect(outcome).toEqual(outcomeNotRun('host:x', 'no such Node'));
});

test('closes with the sum, alone on the last line, after the reasons', () => {
  const text = renderSummary(
    [
      { ...outcomeOfCheck(0), suite: 'lint', seconds: 1 },
      {
        passed: 4,
        failed: 1,
        failures: ['copies: expected 1 to be 2'],
        unsteady: ['waits: no answer'],
        skipped: [{ name: 'pastes', reason: 'no tmux' }],
        suite: 'unit',
        seconds: 2,
      },
      { ...outcomeNotRun('host:x', 'no root'), suite: 'host:x', seconds: 0 },
    ],
    ['no answer of the disk: 9.0 s'],
  );
  expect(text.split('\n').at(-1)).toBe('5 passed, 1 failed, 2 skipped');
  expect(text).toContain('not run here:\n  unit: pastes - no tmux\n  host:x - no root\n');
  expect(text).toContain('stood still:\n  no answer of the disk: 9.0 s\n');
  expect(text).toContain('passed when run again:\n  unit: waits: no answer\n');
  expect(text).toContain('failed:\n  unit: copies: expected 1 to be 2\n\n5 passed');
});
