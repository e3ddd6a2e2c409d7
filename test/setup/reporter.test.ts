import { expect, test } from 'vitest';
import { countTests } from '../reporter.mjs';

type Module = Parameters<typeof countTests>[0][number];

/** A module as vitest hands it over, as far as the reporter looks. */
function moduleOf(results: object[], errors: object[] = [], suiteErrors: object[] = []): Module {
  const tests = results.map((result, index) => ({
    fullName: `test ${index}`,
    result: () => result,
  }));
  const suite = { fullName: 'a suite', errors: () => suiteErrors };
  const children = { allTests: () => tests, allSuites: () => [suite] };
  const module = { relativeModuleId: 'a.test.ts', errors: () => errors, children };
  return module as unknown as Module;
}

test('a skipped test needs a reason, or it has failed', () => {
  const states = [
    { state: 'passed' },
    { state: 'failed', errors: [{ message: 'expected 1 to be 2\nat line 3' }] },
    { state: 'skipped', note: 'no tun here' },
    { state: 'skipped' },
    { state: 'pending' },
  ];
  const counted = {
    passed: 1,
    failed: 3,
    failures: [
      'test 1: expected 1 to be 2',
      'test 3: skipped without a reason',
      'test 4: skipped without a reason',
    ],
    skipped: [{ name: 'test 2', reason: 'no tun here' }],
  };
  const files = { 'a.test.ts': counted };
  expect(countTests([moduleOf(states)], [])).toEqual({ ...counted, files });
});

test('errors outside tests count too, and are named', () => {
  const module = moduleOf([], [{ message: 'no such import' }], [{}, { message: 'before all' }]);
  expect(countTests([module], ['thrown'])).toMatchObject({
    passed: 0,
    failed: 4,
    failures: [
      'outside any test: thrown',
      'a.test.ts: no such import',
      'a suite: [object Object]',
      'a suite: before all',
    ],
    files: { 'a.test.ts': { failed: 3 } },
  });
});
