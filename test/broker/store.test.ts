import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { changeStore, readStore, storeDir, storePath } from '../../src/broker/store.ts';
import { Secret } from '../../src/secrets/secret.ts';
import { emptyHost } from './support.ts';

const secret = (value: string | Buffer, name = 'A'): Secret => new Secret(name, Buffer.from(value));
const host = () => emptyHost().paths;

describe('the store', () => {
  it('gives back what was put in, and says what changed', async () => {
    const at = host();
    expect(await changeStore('A', secret('1'), at)).toBe('added');
    expect(await changeStore('A', secret('2\n3'), at)).toBe('replaced');
    expect(readStore(at).get('A')?.toString()).toBe('2\n3');
    expect(await changeStore('B', undefined, at)).toBe('absent');
    expect(await changeStore('A', undefined, at)).toBe('removed');
    expect(readStore(at).size).toBe(0);
  });

  it('loses none of many that are written at once', async () => {
    const at = host();
    const names = Array.from({ length: 12 }, (_, index) => `KEY_${index}`);
    await Promise.all(names.map((name) => changeStore(name, secret(name, name), at)));
    expect([...readStore(at).keys()].sort()).toEqual([...names].sort());
    expect(readdirSync(storeDir(at))).toEqual(['secrets.toml']);
  });

  it('leaves a file alone that it cannot read', async () => {
    const at = host();
    mkdirSync(storeDir(at), { mode: 0o700 });
    for (const spoiled of ['A = broken\n', Buffer.from([0x41, 0xff, 0xfe])]) {
      writeFileSync(storePath(at), spoiled, { mode: 0o600 });
      await expect(changeStore('B', secret('1'), at)).rejects.toMatchObject({
        code: 'invalid_config',
      });
      expect(readFileSync(storePath(at)).equals(Buffer.from(spoiled))).toBe(true);
    }
  });

  it('takes text only, and says where bytes can be kept', async () => {
    await expect(changeStore('A', secret(Buffer.from([0xff, 0xfe])), host())).rejects.toMatchObject(
      {
        code: 'invalid_argument',
        hint: expect.stringContaining('[secrets.A] file') as string,
      },
    );
  });
});
