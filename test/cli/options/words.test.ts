import { describe, expect, it } from 'vitest';
import { dropSeparator } from '../../../src/cli/options/words.ts';

describe('dropSeparator', () => {
  it('drops one leading -- and no more', () => {
    expect(dropSeparator(['--', '--', 'x', '--'])).toEqual(['--', 'x', '--']);
    expect(dropSeparator(['x', '--'])).toEqual(['x', '--']);
    expect(dropSeparator([])).toEqual([]);
  });
});
