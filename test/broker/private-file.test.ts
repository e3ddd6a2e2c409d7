import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readPrivateFile } from '../../src/broker/private-file.ts';
import { emptyHost } from './support.ts';

describe('a file of secrets', () => {
  it('is read when only its owner can', () => {
    const path = join(emptyHost().dir, 'key');
    writeFileSync(path, 'k', { mode: 0o600 });
    expect(readPrivateFile(path, 'private')?.toString()).toBe('k');
    chmodSync(path, 0o400);
    expect(readPrivateFile(path, 'private')?.toString()).toBe('k');
    expect(readPrivateFile(`${path}-not-there`, 'private')).toBeUndefined();
    expect(readPrivateFile(`${path}/below`, 'private')).toBeUndefined();
  });

  it.each([0o640, 0o604, 0o620, 0o666])('is refused with mode %o', (mode) => {
    const path = join(emptyHost().dir, 'key');
    writeFileSync(path, 'k');
    chmodSync(path, mode);
    expect(() => readPrivateFile(path, 'private')).toThrow(
      expect.objectContaining({ code: 'permission_denied', hint: `type:  chmod go= ${path}` }),
    );
  });

  it('may be read by others when it is a project of theirs, not written', () => {
    const path = join(emptyHost().dir, 'key');
    writeFileSync(path, 'k');
    chmodSync(path, 0o644);
    expect(readPrivateFile(path, 'shared')?.toString()).toBe('k');
    chmodSync(path, 0o664);
    expect(() => readPrivateFile(path, 'shared')).toThrow(/can be written/u);
  });

  it('is refused in a directory in which others could exchange it', () => {
    const { dir } = emptyHost();
    writeFileSync(join(dir, 'key'), 'k', { mode: 0o600 });
    chmodSync(dir, 0o777);
    expect(() => readPrivateFile(join(dir, 'key'), 'private')).toThrow(/chmod go-w|written to/u);
  });

  it('is no link, no directory, no FIFO and nothing huge, and none of them holds ct up', () => {
    const { dir } = emptyHost();
    const at = (name: string): string => join(dir, name);
    writeFileSync(at('target'), 'k', { mode: 0o600 });
    symlinkSync(at('target'), at('link'));
    mkdirSync(at('dir'), { mode: 0o700 });
    execFileSync('mkfifo', ['-m', '600', at('fifo')]);
    writeFileSync(at('huge'), Buffer.alloc(1024 * 1024 + 1), { mode: 0o600 });
    for (const name of ['link', 'dir', 'fifo', 'huge']) {
      expect(() => readPrivateFile(at(name), 'private'), name).toThrow(
        expect.objectContaining({ code: 'permission_denied' }),
      );
    }
  });
});
