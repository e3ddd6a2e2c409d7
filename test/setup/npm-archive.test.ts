import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { expect, test } from 'vitest';
import { npmArchive } from '../../setup/npm-archive.mjs';

async function entriesOf(archive: Buffer): Promise<readonly string[]> {
  const entries: string[] = [];
  for await (const entry of Readable.from([archive]).pipe(createGunzip()).pipe(extract())) {
    const { name, mode = 0, type } = entry.header;
    entries.push(`${name} ${type} ${mode.toString(8)} ${await text(entry)}`);
  }
  return entries;
}

test('packs the files of a package, sorted, without manuals and links', async () => {
  const root = mkdtempSync(join(tmpdir(), 'npm-'));
  try {
    const files = [
      'package.json',
      'bin/npm-cli.js',
      'docs/a.md',
      'man/man1/npm.1',
      'lib/docs/b.md',
    ];
    for (const name of files) {
      mkdirSync(dirname(join(root, name)), { recursive: true });
      writeFileSync(join(root, name), `text of ${name}`, { mode: 0o600 });
    }
    chmodSync(join(root, 'bin/npm-cli.js'), 0o700);
    mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
    symlinkSync('../../bin/npm-cli.js', join(root, 'node_modules/.bin/npm'));
    symlinkSync('/etc/passwd', join(root, 'lib/link'));
    const archive = await npmArchive(root);
    expect(await entriesOf(archive)).toEqual([
      'npm/bin/npm-cli.js file 755 text of bin/npm-cli.js',
      'npm/lib/docs/b.md file 644 text of lib/docs/b.md',
      'npm/package.json file 644 text of package.json',
    ]);
    expect(archive.equals(await npmArchive(root))).toBe(true);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
