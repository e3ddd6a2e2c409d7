import {
  existsSync,
  mkdtempSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { silentReport, type Report } from '../../src/base/report.ts';
import { openLongLog, runStep } from '../../src/session/long-log.ts';

const now = new Date('2026-02-03T04:05:06.789Z');
let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'ct-log-'));
});
const open = () => openLongLog({ stateDir, operation: 'image', retentionDays: 15, now });

describe('openLongLog', () => {
  it('names the file by operation and time, for the user alone', () => {
    const log = open();
    log.line('one');
    log.close();
    expect(log.path).toBe(`${stateDir}/logs/image_2026-02-03_04-05-06.log`);
    expect(readFileSync(log.path, 'utf8')).toBe('one\n');
    expect(statSync(log.path).mode & 0o777).toBe(0o600);
  });

  it('gives a second one in the same second a name of its own', () => {
    expect(open().path).not.toBe(open().path);
  });

  it('blots out credentials in addresses', () => {
    const log = open();
    log.line('via http://ann:secret@proxy.example:3128/ to https://npm.example/');
    log.close();
    expect(readFileSync(log.path, 'utf8')).toBe(
      'via http://***@proxy.example:3128/ to https://npm.example/\n',
    );
  });

  it('removes logs that are too old and nothing else', () => {
    open().close();
    const old = `${stateDir}/logs/install-gemini_2026-01-01_00-00-00.log`;
    const notes = `${stateDir}/logs/notes.txt`;
    for (const path of [old, notes]) {
      writeFileSync(path, '');
      utimesSync(path, new Date('2026-01-01'), new Date('2026-01-01'));
    }
    open().close();
    expect(existsSync(old)).toBe(false);
    expect(existsSync(notes)).toBe(true);
  });
});

describe('runStep', () => {
  function watching(): { report: Report; seen: string[] } {
    const seen: string[] = [];
    const step = (text: string) => ({
      update: (line: string) => seen.push(`… ${line}`),
      done: () => seen.push(`done ${text}`),
      fail: () => seen.push(`failed ${text}`),
    });
    return { report: { ...silentReport, step }, seen };
  }

  it('shows lines in brief and safe, and logs them whole', async () => {
    const { report, seen } = watching();
    const log = open();
    const line = `\u001b[31m${'x'.repeat(100)}`;
    await runStep('work', { report, log }, async (onLine) => onLine(line));
    expect(seen[0]).toMatch(/^… \\e\[31mx+…$/u);
    expect(seen[0]?.length).toBeLessThan(80);
    expect(seen[1]).toBe('done work');
    expect(readFileSync(log.path, 'utf8')).toBe(`== work\n${line}\n`);
  });

  it('a failure keeps its code and gets the path of the log', async () => {
    const { report, seen } = watching();
    const log = open();
    const failing = runStep('work', { report, log }, async () => {
      throw new CtError('unavailable', 'no network', { hint: 'plug it in' });
    });
    await expect(failing).rejects.toMatchObject({
      code: 'unavailable',
      message: 'no network',
      hint: `plug it in\nlog: ${log.path}`,
    });
    expect(seen).toEqual(['failed work']);
  });
});
