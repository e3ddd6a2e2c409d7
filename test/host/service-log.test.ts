import { closeSync, mkdtempSync, readFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { lastWords, openServiceLog } from '../../src/host/service-log.ts';

function written(path: string, text: string): void {
  const fd = openServiceLog(path);
  writeSync(fd, text);
  closeSync(fd);
}

describe('the log of a service', () => {
  const path = (): string => `${mkdtempSync(`${tmpdir()}/log-`)}/service.log`;

  it("is the user's alone, goes on, and gives what came since a moment", () => {
    const log = path();
    written(log, 'first\n');
    written(log, 'second\n');
    expect(readFileSync(log, 'utf8')).toBe('first\nsecond\n');
    expect(statSync(log).mode & 0o777).toBe(0o600);
    expect(lastWords(log, 6)).toBe('second');
    expect(lastWords(log, 13)).toBe('it ended without a word');
  });

  it('gives 2000 bytes at most, and begins anew above a megabyte', () => {
    const log = path();
    written(log, 'x'.repeat(5000));
    expect(lastWords(log, 0)).toHaveLength(2000);
    truncateSync(log, 2 * 1024 * 1024);
    written(log, 'new\n');
    expect(readFileSync(log, 'utf8')).toBe('new\n');
  });

  it('says which file cannot be written', () => {
    expect(() => openServiceLog('/proc/none/log')).toThrow(/\/proc\/none\/log/u);
  });
});
