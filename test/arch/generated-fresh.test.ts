import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

/** File names and texts of a directory. */
function contentOf(dir: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(dir, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map((name) => [name, readFileSync(join(dir, name), 'utf8')]),
  );
}

describe('generated code', () => {
  it('is what proto/ says, made without a network', () => {
    const out = mkdtempSync(join(tmpdir(), 'ct-gen-'));
    try {
      const { status, stderr } = spawnSync(
        'node_modules/.bin/buf',
        ['generate', '--output', out],
        // No place to find a login, and proxies that lead nowhere: nothing may be fetched.
        { env: { PATH: process.env['PATH'], HOME: out, https_proxy: 'http://127.0.0.1:9' } },
      );
      expect(status, stderr.toString()).toBe(0);
      expect(contentOf(join(out, 'src/gen'))).toEqual(contentOf('src/gen'));
    } finally {
      rmSync(out, { recursive: true, force: true });
    }
  }, 60_000);
});
