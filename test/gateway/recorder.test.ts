import { describe, expect, it } from 'vitest';
import type { NetworkRecord } from '../../src/network/record.ts';
import { Recorder } from '../../src/gateway/recorder.ts';

function recorder(): { readonly lines: NetworkRecord[]; readonly recorder: Recorder } {
  const lines: NetworkRecord[] = [];
  return { lines, recorder: new Recorder('cafe0123', (line) => lines.push(line)) };
}

const denied = { verdict: 'deny', reason: 'not_allowed' } as const;

describe('the log of a session', () => {
  it('has a question once, however often it is asked, and each connection', () => {
    const { lines, recorder: log } = recorder();
    for (let times = 0; times < 3; times += 1) {
      log.write({ event: 'dns', name: 'evil.test', ...denied });
      log.write({ event: 'connect', address: '198.51.100.12', port: 443, ...denied });
    }
    expect(lines.map(({ event }) => event)).toEqual(['dns', 'connect', 'connect', 'connect']);
    expect(lines.every(({ session }) => session === 'cafe0123')).toBe(true);
  });

  it('says how much it left out of a flood', () => {
    const { lines, recorder: log } = recorder();
    for (let index = 0; index < 5_000; index += 1) {
      log.write({ event: 'connect', name: `n${index}.evil.test`, ...denied });
    }
    log.close();
    expect(lines.length).toBeLessThan(1_000);
    expect(lines.at(-1)?.detail).toMatch(/^4400 lines left out/u);
  });
});
