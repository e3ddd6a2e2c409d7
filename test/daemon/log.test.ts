import { closeSync, mkdtempSync, openSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { say } from '../../src/daemon/log.ts';

it('is lines with their time, and nothing that drives a terminal', () => {
  const path = join(mkdtempSync(join(tmpdir(), 'ct-log-')), 'log');
  const fd = openSync(path, 'a');
  say('it has \u001b[2J begun', fd);
  closeSync(fd);
  expect(readFileSync(path, 'utf8')).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:.]+Z it has [^\u001b]*begun\n$/u,
  );
});

it('is no fault of the service where nothing can be written', () => {
  const fd = openSync('/dev/full', 'w');
  expect(() => say('it goes on', fd)).not.toThrow();
  closeSync(fd);
});
