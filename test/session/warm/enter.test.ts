import { describe, expect, it } from 'vitest';
import { PATHS } from '../../../src/base/layout.ts';
import type { ObservedSandbox } from '../../../src/sandbox/observed.ts';
import { withoutUplink } from '../../../src/session/verify-launch.ts';
import { withoutScript } from '../../../src/session/warm/enter.ts';

describe('the files of a program that waits at its gate', () => {
  const streams: readonly [number, string][] = [
    [1, 'pipe:[2]'],
    [2, 'pipe:[3]'],
  ];

  it('are those that it will have: the script is gone, and standard input is what was put aside', () => {
    const seen = new Map([
      ...[[0, PATHS.gate] as const],
      ...streams,
      ...[[10, PATHS.entry] as const, [11, 'pipe:[1]'] as const],
    ]);
    expect([...withoutScript(seen)]).toEqual([[0, 'pipe:[1]'], ...streams]);
  });

  it('keep all that is foreign, so that it is a difference', () => {
    const foreign = new Map([
      ...[[0, PATHS.gate] as const],
      ...streams,
      ...[[3, '/etc/shadow'] as const, [10, PATHS.entry] as const],
      ...[[11, 'pipe:[1]'] as const, [12, '/var/lib/x'] as const],
    ]);
    expect([...withoutScript(foreign).keys()].sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 12]);
    expect([...withoutScript(new Map([[0, PATHS.gate]]))]).toEqual([[0, PATHS.gate]]);
  });
});

describe('the interfaces of a session whose network is attached', () => {
  const left = (network: 'strict' | 'permissive' | 'offline', interfaces: readonly string[]) =>
    withoutUplink({ network }, { interfaces } as unknown as ObservedSandbox).interfaces;

  it('are loopback and, where it is permissive, one more', () => {
    expect(left('permissive', ['eth0', 'lo'])).toEqual(['lo']);
    expect(left('permissive', ['eth0', 'lo', 'tun0'])).toEqual(['lo', 'tun0']);
    expect(left('strict', ['eth0', 'lo'])).toEqual(['eth0', 'lo']);
    expect(left('offline', ['lo'])).toEqual(['lo']);
  });
});
