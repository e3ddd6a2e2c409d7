import { expect, test } from 'vitest';
import { countTests } from '../reporter.mjs';

type Module = Parameters<typeof countTests>[0][number];

/** A module as vitest hands it over, as far as the reporter looks. */
function moduleOf(results: object[], errors: object[] = [], suiteErrors: object[] = []): Module {
  const tests = results.map((result, index) => ({
    fullName: `test ${index}`,
    result: () => result,
  }));
  const children = { allTests: () => tests, allSuites: () => [{ errors: () => suiteErrors }] };
  return { errors: () => errors, children } as unknown as Module;
}

test('a skipped test needs a reason, or it has failed', () => {
  const states = [
    { state: 'passed' },
    { state: 'failed' },
    { state: 'skipped', note: 'no tun here' },
    { state: 'skipped' },
    { state: 'pending' },
  ];
  expect(countTests([moduleOf(states)], 0)).toEqual({
    passed: 1,
    failed: 3,
    skipped: [{ name: 'test 2', reason: 'no tun here' }],
    unexplained: ['test 3', 'test 4'],
  });
});

test('errors outside tests count too', () => {
  expect(countTests([moduleOf([], [{}], [{}, {}])], 1)).toMatchObject({ passed: 0, failed: 4 });
});
