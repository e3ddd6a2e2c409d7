import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { wantsSnapshot } from '../../setup/snapshot.mjs';
import { installedAt } from '../support/installed.ts';

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

it('is for a Node without one of its own', () => {
  const { variables } = process.config as unknown as { variables: Record<string, unknown> };
  expect(wantsSnapshot()).toBe(variables['node_use_node_snapshot'] === false);
});
