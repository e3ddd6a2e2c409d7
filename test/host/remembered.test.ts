import { expect, it } from 'vitest';
import { recallText, rememberText } from '../../src/host/remembered.ts';
import { scratch } from '../support/scratch.ts';

it('recalls what was remembered, and forgets rather than fails', () => {
  const dir = scratch({ file: '' });
  expect(recallText(`${dir}/a/b`)).toBeUndefined();
  rememberText(`${dir}/a/b`, 'text');
  expect(recallText(`${dir}/a/b`)).toBe('text');
  expect(() => rememberText(`${dir}/file/below`, 'text')).not.toThrow();
});
