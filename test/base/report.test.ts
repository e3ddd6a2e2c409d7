import { expect, it } from 'vitest';
import { silentReport } from '../../src/base/report.ts';

it('accepts everything and says nothing', () => {
  const step = silentReport.step('working');
  step.update('half');
  step.done();
  step.fail();
  silentReport.note('x');
  expect(silentReport.warn('x')).toBeUndefined();
});
