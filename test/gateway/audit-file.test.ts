import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openAuditFile } from '../../src/gateway/audit-file.ts';
import { networkLogPath } from '../../src/gateway/control/place.ts';
import type { NetworkRecord } from '../../src/network/record.ts';

const record: NetworkRecord = {
  ...{ time: 1, session: 'cafe0123', event: 'dns', verdict: 'deny', reason: 'not_allowed' },
  name: 'a.test',
};

describe('the log of a session on disk', () => {
  const dir = (): string => mkdtempSync(join(tmpdir(), 'ct-audit-'));
  const read = (stateDir: string): readonly NetworkRecord[] =>
    readFileSync(networkLogPath(stateDir, 'cafe0123'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as NetworkRecord);

  it('is the user’s alone, and goes on where another process left it', () => {
    const stateDir = dir();
    for (let process = 0; process < 2; process += 1) {
      const file = openAuditFile(stateDir, 'cafe0123');
      file.write(record);
      file.close();
      file.write(record);
    }
    expect(read(stateDir)).toEqual([record, record]);
    expect(statSync(networkLogPath(stateDir, 'cafe0123')).mode & 0o777).toBe(0o600);
  });

  it('ends with a line that says that it is full, and keeps what came first', () => {
    const stateDir = dir();
    for (let process = 0; process < 2; process += 1) {
      const file = openAuditFile(stateDir, 'cafe0123', 300);
      for (let time = 0; time < 100; time += 1) file.write({ ...record, time });
      file.close();
    }
    const [first, ...more] = read(stateDir);
    expect(first).toEqual({ ...record, time: 0 });
    expect(more.length).toBeLessThan(8);
    expect(more.at(-1)).toMatchObject({ event: 'limit', detail: expect.stringContaining('full') });
  });

  it('goes on without what a full disk does not take, and says so when there is room again', () => {
    const stateDir = dir();
    const path = networkLogPath(stateDir, 'cafe0123');
    mkdirSync(dirname(path), { mode: 0o700 });
    symlinkSync('/dev/full', path);
    const file = openAuditFile(stateDir, 'cafe0123');
    file.write(record);
    file.write(record);
    expect(file.missing).toBe(2);
    rmSync(path);
    file.write(record);
    file.close();
    expect(file.missing).toBe(0);
    const [first, ...more] = read(stateDir);
    expect(first).toMatchObject({ event: 'limit', detail: expect.stringMatching(/^2 lines/u) });
    expect(more).toEqual([record]);
  });
});
