import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Attempt, AttackReport, Target } from '../../src/attack/attempt.ts';
import { layBait } from '../../src/attack/bait.ts';
import { judge } from '../../src/attack/judge.ts';
import { ATTEMPTS } from '../../src/attack/list.ts';
import { openListeners } from '../../src/attack/listeners.ts';
import { parseAnswer, PERL, PROGRAM_PARTS, renderProgram } from '../../src/attack/program.ts';
import { SCHEMA } from '../../src/config/schema.ts';
import { readTemplate } from '../../src/host/assets.ts';
import { PRESET_NAMES } from '../../src/sandbox/presets.ts';
import { ct, project, sessions } from './support/ct.ts';

const made = ATTEMPTS.filter(({ stage, trap }) => stage !== 'suite' && trap !== true);

/** `ct doctor --attack` with its report; the exit status must agree with it. */
async function attack(flags: readonly string[]): Promise<AttackReport> {
  const { stdout, stderr, status } = await ct(['doctor', '--attack', '--json', ...flags]);
  if (stdout.length === 0) throw new Error(stderr);
  const report = JSON.parse(stdout.toString()) as AttackReport;
  expect(status).toBe(report.counts.held === report.attempts.length ? 0 : 1);
  return report;
}

/** What got through or could not be judged, to read. */
function bad(report: AttackReport): readonly string[] {
  return report.attempts
    .filter(({ verdict }) => verdict !== 'held')
    .map(
      ({ id, verdict, expected, seen }) => `${id} ${verdict}: expected ${expected}, saw ${seen}`,
    );
}

describe.each(SCHEMA.network.keys.mode.choices)('a session with the network %s', (network) => {
  let report: AttackReport;
  beforeAll(async () => {
    report = await attack(['--network', network]);
  });

  it.each(made.map((attempt) => [attempt.id, attempt.title] as const))('holds %s: %s', (id) => {
    const result = report.attempts.find((attempt) => attempt.id === id);
    const left = report.left.find((attempt) => attempt.id === id);
    if (result === undefined) return expect(left?.why).toMatch(/limit|network|processors/u);
    expect(`${result.verdict}: ${result.seen}`).toMatch(/^held: /u);
  });

  it('is that of the plan, and gone afterwards', async () => {
    expect(report.target).toMatchObject({ network, preset: 'hardened' });
    expect(await sessions()).toEqual([]);
  });
});

describe.each(PRESET_NAMES)('the preset %s', (preset) => {
  it('holds what it promises, or is refused where the host cannot keep it', async () => {
    const { stdout, stderr, status } = await ct([
      ...['doctor', '--attack', '--json', '--preset', preset, '-n', 'offline'],
    ]);
    if (stdout.length === 0) {
      expect(status).toBe(125);
      return expect(stderr).toContain(`the preset '${preset}' cannot be kept here`);
    }
    expect(bad(JSON.parse(stdout.toString()) as AttackReport)).toEqual([]);
  });
});

describe('ct doctor --attack', () => {
  it('prints a table of 80 columns that ends with the sum', async () => {
    const { stdout } = await ct(['doctor', '--attack', '-n', 'offline']);
    const text = stdout.toString();
    expect(text).toMatch(/\n\d+ attempts, \d+ held, \d+ got through, \d+ not judged \(.* s\)\n$/u);
    const table = text.split('\nnot tried')[0]?.split('\nTHROUGH')[0] ?? '';
    expect(Math.max(...table.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  it('leaves nothing: no session, no bait, and the project that it is started in as it was', async () => {
    const cwd = project();
    const home = process.env['HOME'] ?? '/tmp';
    const before = readdirSync(home);
    await ct(['doctor', '--attack', '-n', 'offline'], { cwd });
    expect(readdirSync(cwd)).toEqual([]);
    expect(readdirSync(home)).toEqual(before);
    expect(await sessions()).toEqual([]);
  });

  it('refuses words that make no sense', async () => {
    expect((await ct(['doctor', '--network', 'offline'])).status).toBe(2);
    expect((await ct(['doctor', '--attack', '--network', 'none'])).status).toBe(2);
    const { stderr, status } = await ct(['doctor', '--attack', '--preset', 'lax']);
    expect(stderr).toContain("there is no preset 'lax'");
    expect(status).toBe(2);
  });
});

describe('the red team without walls', () => {
  /** Where an ordinary program of the account gets through: what finds nothing here proves nothing. */
  const CONTROL = [
    ...['SEC-06.10', 'SEC-20.1', 'ESC-12.1', 'ESC-32.1', 'WS-08.1', 'ESC-23.1'],
    ...['ESC-23.2', 'ESC-19.1', 'NET-02', 'LEAK-06.1', 'LEAK-06.2', 'LEAK-05.1', 'LEAK-27'],
    ...['ESC-24.2', 'SEC-20.4', 'WS-01.1', 'WS-02.1', 'WS-01.2', 'WS-07.1', 'WS-07.2', 'WS-01.4'],
  ];
  const seen = new Map<string, string>();
  const target: Target = {
    ...{ preset: 'none', network: 'offline', seccomp: 'none', arch: process.arch },
    ...{ enforced: {}, writable: [], projectFile: '.ct.toml' },
  };

  beforeAll(async () => {
    const cache = mkdtempSync(join(process.env['HOME'] ?? '/tmp', 'ct-attack-control-'));
    const bait = layBait(cache);
    const listeners = await openListeners();
    const backwards = (text: string): string => [...text].reverse().join('');
    const vars = {
      ...{ canary: bait.canary, canaryDir: bait.canaryDir, writable: [], ctProjectFile: 'x' },
      ...{
        port: String(listeners.port),
        hostAddresses: listeners.addresses,
        pids: '0',
        nofile: '0',
      },
      ...{ abstractName: listeners.abstractName, engineSocket: '/nonexistent', runtimeDir: cache },
      ...{ needle: backwards(bait.needle), hidden: backwards(bait.hidden) },
      hostName: backwards((await import('node:os')).hostname()),
    };
    const attempts = ATTEMPTS.filter(({ id }) => CONTROL.includes(id));
    const env = { ...process.env, GH_TOKEN: bait.needle, PWD: bait.project };
    const child = spawn(PERL, ['-'], {
      cwd: bait.project,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    child.stdin.end(renderProgram(PROGRAM_PARTS.map(readTemplate), attempts, vars));
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    await once(child, 'close');
    for (const line of text.split('\n')) {
      const answer = parseAnswer(line);
      if (answer !== undefined) seen.set(answer.id, answer.seen);
    }
    await listeners.close();
    rmSync(cache, { recursive: true });
  });

  it.each(CONTROL)('gets through with %s', (id) => {
    const attempt = ATTEMPTS.find((one) => one.id === id) as Attempt;
    expect(`${judge(attempt, seen.get(id), target)}: ${seen.get(id)}`).toMatch(/^through: /u);
  });
});
