import { chmodSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readProfileFile } from '../../src/host/profile-file.ts';

const dir = mkdtempSync(join(tmpdir(), 'ct-profile-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

let count = 0;
function file(content: string | Buffer, mode = 0o600): string {
  const path = join(dir, `${(count += 1)}.json`);
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

describe('readProfileFile', () => {
  it('gives what the JSON says', () => {
    expect(readProfileFile(file('{"a": [1]}'))).toEqual({ a: [1] });
    expect(readProfileFile(file('{}', 0o644))).toEqual({});
  });

  it.each([
    ['is not JSON', () => file('{')],
    ['is not JSON', () => file(Buffer.from([0x22, 0xff, 0x22]))],
    ['can be written to by other accounts', () => file('{}', 0o602)],
    ['can be written to by other accounts', () => file('{}', 0o660)],
    ['is not a regular file', () => dir],
    ['is larger than 1 MiB', () => file(' '.repeat(1024 * 1024 + 1))],
    [
      'is a symbolic link',
      () => {
        const link = join(dir, 'link');
        symlinkSync(file('{}'), link);
        return link;
      },
    ],
  ])('refuses one that %s', (what, make) => {
    const path = make();
    expect(() => readProfileFile(path)).toThrow(
      expect.objectContaining({
        code: 'invalid_config',
        message: expect.stringContaining(`${path} ${what}`) as string,
      }),
    );
  });

  it('says which one is missing', () => {
    expect(() => readProfileFile(join(dir, 'none'))).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });
});
