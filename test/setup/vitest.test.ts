import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** Vitest itself, on tests of their own. */
describe('what fails is run once more', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'ct-twice-'));
    mkdirSync(join(dir, 'test'));
    symlinkSync(join(ROOT, 'node_modules'), join(dir, 'node_modules'));
    symlinkSync(join(ROOT, 'test/reporter.mjs'), join(dir, 'test/reporter.mjs'));
    write('good', 'it("is good", () => {})');
  });
  afterEach(() => rmSync(dir, { recursive: true, force: true }));

  const write = (name: string, body: string): void =>
    writeFileSync(
      join(dir, `${name}.test.mjs`),
      `import { existsSync, writeFileSync } from 'node:fs'; import { expect, it } from 'vitest'; ${body}`,
    );

  /** Exit status and report of a run. */
  function runTests(): { status: number | null; report: unknown } {
    const path = join(dir, 'report.json');
    const words = [join(ROOT, 'setup/vitest.mjs'), '--reporter=./test/reporter.mjs'];
    const env = { ...process.env, CT_TEST_REPORT: path };
    const { status } = spawnSync(process.execPath, words, { cwd: dir, env });
    return { status, report: JSON.parse(readFileSync(path, 'utf8')) };
  }

  it('and has passed then if it does, which is told', () => {
    write(
      'late',
      'it("is late", () => { if (existsSync("o")) return; writeFileSync("o", ""); expect(1).toBe(2); })',
    );
    expect(runTests()).toEqual({
      status: 0,
      report: {
        ...{ passed: 2, failed: 0, failures: [], skipped: [] },
        unsteady: ['is late: expected 1 to be 2 // Object.is equality'],
      },
    });
  });

  it('and has failed if it does again', () => {
    write('bad', 'it("is bad", () => expect(1).toBe(2))');
    const failures = ['is bad: expected 1 to be 2 // Object.is equality'];
    expect(runTests()).toEqual({
      status: 1,
      report: { ...{ passed: 1, failed: 1, failures, skipped: [] }, unsteady: [] },
    });
  });

  it('and nothing is where nothing fails', () => {
    const report = { ...{ passed: 1, failed: 0, failures: [], skipped: [] } };
    expect(runTests()).toEqual({ status: 0, report });
  });
});
