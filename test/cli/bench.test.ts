import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { benchReport, scenario } from '../bench/support.ts';
import { ensureBundle } from '../support/bundle.ts';
import { scratch } from '../support/scratch.ts';

beforeAll(ensureBundle);

/** The real program, over saved figures. */
function bench(...args: readonly string[]) {
  const home = scratch();
  return spawnSync(process.execPath, [resolve('dist/main.cjs'), 'bench', ...args], {
    encoding: 'utf8',
    cwd: home,
    env: { HOME: home, PATH: '/usr/bin:/bin' },
  });
}

function saved(times: number): string {
  const path = `${scratch()}/figures.json`;
  const report = benchReport({ scenarios: [scenario('cold-offline', times)] });
  writeFileSync(path, JSON.stringify(report));
  return path;
}

describe('ct bench over saved figures', () => {
  it('passes the check while budgets are kept, and names the one that is broken', () => {
    const kept = bench('--from', saved(1.0), '--check');
    expect(kept).toMatchObject({ status: 0, stderr: '' });
    const broken = bench('--from', saved(9.9), '--check');
    expect(broken.status).toBe(1);
    expect(broken.stderr).toMatch(/^ct: warning: budget broken: cold-offline: total is 9\.90/mu);
    expect(bench('--from', saved(9.9)).status).toBe(0);
  });

  it('fails a check that would guard nothing', () => {
    const path = `${scratch()}/figures.json`;
    writeFileSync(path, JSON.stringify(benchReport({ scenarios: [] })));
    const { status, stderr } = bench('--from', path, '--check');
    expect(status).toBe(1);
    expect(stderr).toContain('nothing that was measured has a budget');
  });

  it('keeps figures and writes the page, where it is told to', () => {
    const dir = scratch();
    const page = `${dir}/page.html`;
    const { status, stderr, stdout } = bench(
      ...['--from', saved(1.2), `--save=${dir}/kept`, '--html', page, '--json'],
    );
    expect(status, stderr).toBe(0);
    expect(readdirSync(`${dir}/kept`)).toEqual(['2026-01-02T03-04.json']);
    expect(readFileSync(page, 'utf8')).toMatch(/^<!doctype html>/u);
    expect(JSON.parse(stdout)).toMatchObject({
      report: { schema: 1 },
      verdicts: expect.any(Array) as [],
    });
  });

  it('says before it measures that it could not keep the figures', () => {
    const open = `${scratch()}/open`;
    mkdirSync(open);
    chmodSync(open, 0o777);
    const words = ['version', '--rounds', '1000'];
    const { status, stderr } = bench(...words, `--save=${open}`);
    expect(status).not.toBe(0);
    expect(stderr).toContain(`${open} is not a directory that only you can write to`);
    const page = bench(...words, '--html', `${open}/no/such/page.html`);
    expect(page.status).not.toBe(0);
    expect(page.stderr).toContain(`${open}/no/such`);
  });

  it.each([
    [['warm'], "ct: there is no scenario 'warm'"],
    [['--rounds', '2'], "ct: --rounds: '2' is not 3 to 1000"],
  ])('refuses %j', (args, message) => {
    const { status, stderr } = bench(...args);
    expect({ status, first: stderr.split('\n')[0] }).toEqual({ status: 2, first: message });
  });
});
