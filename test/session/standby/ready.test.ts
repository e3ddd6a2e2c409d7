import { describe, expect, it } from 'vitest';
import type { DaemonStatus } from '../../../src/daemon/wire/place.ts';
import { readyIn, warmIn } from '../../../src/session/standby/ready.ts';

const status = (parts: DaemonStatus['parts']): DaemonStatus => ({
  ...{ pid: 1, ct: '0', sinceMs: 0, memoryBytes: 0, bySystemd: false, parts },
});

describe('what a service keeps', () => {
  it('is told apart: sessions that wait, and warm ones', () => {
    const one = { session: '1', agent: 'gemini', project: '/p' };
    const two = { session: '2', agent: 'claude', project: '/p' };
    const both = status({ standbys: { ready: [one] }, warm: { ready: [two] } });
    expect([readyIn(both), warmIn(both)]).toEqual([[one], [two]]);
  });

  it('is nothing in the words of a service that knows of neither', () => {
    expect([readyIn(status({})), warmIn(status({}))]).toEqual([[], []]);
  });
});
