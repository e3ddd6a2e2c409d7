import { expect, it } from 'vitest';
import { readJson } from '../../src/carry/json-text.ts';
import { processorMs } from '../support/processor-time.ts';

it.each([
  ['{"a":"//no"}', { a: '//no' }],
  ['\ufeff{"a":1}', { a: 1 }],
  ['{"a":1, /* x */ "b":[1,2,],} // end', { a: 1, b: [1, 2] }],
  ['{"a":"\\"//x", // y\n}', { a: '"//x' }],
  ['null', null],
])('reads %s', (text, data) => expect(readJson(text)).toEqual({ data }));

it.each(['', '{', '{a:1}', '['.repeat(300) + ']'.repeat(300)])('does not read %s', (text) =>
  expect(readJson(text)).toBeUndefined(),
);

it('says so at once for a megabyte of nonsense', () => {
  const spentMs = processorMs(() => {
    for (const text of ['"'.repeat(1e6), '/*'.repeat(5e5), ','.repeat(1e6), '"\\'.repeat(5e5)]) {
      expect(readJson(text)).toBeUndefined();
    }
  });
  expect(spentMs).toBeLessThan(5000);
});
