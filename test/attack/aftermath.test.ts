import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAfter, lookBefore, type Before } from '../../src/attack/aftermath.ts';
import { layBait, snapshot, type Bait } from '../../src/attack/bait.ts';

let dir: string;
let bait: Bait;
let before: Before;
const runtime = (): string => join(dir, 'crun');
const quiet = { texts: [], ended: true, visitors: [] };

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'ct-attack-'));
  bait = layBait(dir);
  writeFileSync(runtime(), 'program');
  before = lookBefore(bait, [runtime()]);
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

describe('the bait', () => {
  it('is a project and a directory outside of it, and goes whole', () => {
    expect(snapshot(bait.project).get('.git/config')).toMatch(/^file /u);
    expect([...snapshot(bait.canaryDir).keys()]).toEqual(['secret']);
    bait.remove();
    expect(() => snapshot(bait.project)).toThrow('ENOENT');
  });
});

describe('the host afterwards', () => {
  it('is as before when nothing happened', () => {
    expect(lookAfter(bait, before, quiet)).toEqual({
      canary: 'untouched',
      runtime: 'untouched',
      project: 'as before',
      stubs: 'none',
      visitors: 'nobody',
      terminal: 'printable',
      speech: 'not found',
      ending: 'ended',
    });
  });

  it('shows each change', () => {
    writeFileSync(bait.canary, 'other');
    writeFileSync(runtime(), 'evil');
    writeFileSync(join(bait.project, '.git/hooks/post-checkout'), 'evil');
    symlinkSync('/etc/passwd', join(bait.project, '.husky'));
    writeFileSync(join(bait.project, '.envrc'), 'evil');
    mkdirSync(join(bait.project, '.cursor'));
    writeFileSync(join(bait.project, 'stub.json'), '');
    const said = { texts: [`x${bait.needle}`, '\u001b[2J'], ended: false, visitors: ['::1'] };
    expect(lookAfter(bait, before, said)).toEqual({
      canary: 'changed',
      runtime: 'changed',
      project: 'changed: .envrc .git/hooks/post-checkout',
      stubs: 'left: .cursor stub.json',
      visitors: 'came: ::1',
      terminal: 'U+001b',
      speech: 'found',
      ending: 'did not end',
    });
  });
});
