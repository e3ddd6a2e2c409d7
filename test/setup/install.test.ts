import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { wantsSnapshot } from '../../setup/snapshot.mjs';
import { ensureBundle } from '../support/bundle.ts';
import { installedAt } from '../support/installed.ts';

beforeAll(ensureBundle);
const prefix = mkdtempSync(join(tmpdir(), 'ct-install-'));
afterAll(() => rmSync(prefix, { recursive: true, force: true }));

it.each([false, true])(
  'has all that the command reads, as the budgets and the published figures; from a snapshot: %s',
  async (hasSnapshot) => {
    const command = await installedAt(prefix, hasSnapshot);
    const published = 'bench/results';
    const [name = ''] = readdirSync(published);
    const page = join(prefix, `${String(hasSnapshot)}.html`);
    const words = ['bench', '--from', join(published, name), '--html', page];
    expect(execFileSync(command, words, { encoding: 'utf8' })).toContain('ct --version');
    expect(readFileSync(page, 'utf8')).toContain('node -e 0');
  },
);

it('has one for a Node without one of its own', () => {
  expect(wantsSnapshot({ node_use_node_snapshot: false })).toBe(true);
  expect(wantsSnapshot({ node_use_node_snapshot: true })).toBe(false);
  expect(wantsSnapshot({})).toBe(false);
});
