import { constants } from 'node:os';
import { expect, it } from 'vitest';
import { SIGNALS, exitStatusOfSignal, type SignalName } from '../../src/base/exit.ts';

it('numbers signals as the kernel here does', () => {
  for (const [name, number] of Object.entries(SIGNALS)) {
    expect(constants.signals[name as SignalName]).toBe(number);
  }
});

it('reports death by a signal as 128 and its number', () => {
  expect(exitStatusOfSignal('SIGKILL')).toBe(137);
  expect(exitStatusOfSignal('SIGINT')).toBe(130);
});
