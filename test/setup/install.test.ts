import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { installCommand } from '../../setup/install.mjs';

const prefix = mkdtempSync(join(tmpdir(), 'ct-install-'));
afterAll(() => rmSync(prefix, { recursive: true, force: true }));

it('has all that the command reads: the budgets and the published figures, for one', async () => {
  const { username, uid, gid, homedir } = userInfo();
  const self = { name: username, uid, gid, home: homedir, isSelf: true };
  const host = { privilege: 'root', user: username, name: '', codename: '' } as const;
  const command = await installCommand(host, self, prefix);
  const published = 'bench/results';
  const [name = ''] = readdirSync(published);
  const page = join(prefix, 'page.html');
  const words = ['bench', '--from', join(published, name), '--html', page];
  expect(execFileSync(command, words, { encoding: 'utf8' })).toContain('ct --version');
  expect(readFileSync(page, 'utf8')).toContain('node -e 0');
});
