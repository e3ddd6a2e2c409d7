import { Readable } from 'node:stream';
import { extract, pack, type Header } from 'tar-stream';
import { describe, expect, it } from 'vitest';
import { OwnerShift } from '../../../src/engine/containerd/owner-shift.ts';

interface Entry {
  readonly header: Header;
  readonly text: string;
}

async function tarOf(
  entries: readonly (Partial<Header> & { readonly name: string; readonly text?: string })[],
): Promise<Buffer> {
  const tar = pack();
  for (const { text = '', ...header } of entries) tar.entry(header, text);
  tar.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of tar) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Shifts a tar that comes in pieces of `step` bytes, and reads the result back. */
async function shifted(tar: Buffer, step: number): Promise<Entry[]> {
  const pieces = Array.from({ length: Math.ceil(tar.length / step) }, (_, index) =>
    tar.subarray(index * step, (index + 1) * step),
  );
  const out = Readable.from(pieces).pipe(new OwnerShift({ uid: 1000, gid: 1000 }));
  const entries: Entry[] = [];
  const reader = out.pipe(extract());
  out.on('error', (error: Error) => reader.destroy(error));
  for await (const entry of reader) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    entries.push({ header: entry.header, text: Buffer.concat(chunks).toString() });
  }
  return entries;
}

const long = `${'d'.repeat(120)}/${'f'.repeat(120)}`;

describe('the shift of owners in a layer', () => {
  it.each([1, 77, 512, 100_000])(
    'moves every owner and nothing else, in pieces of %i',
    async (step) => {
      const tar = await tarOf([
        { name: 'etc', type: 'directory', uid: 0, gid: 0, mode: 0o755 },
        { name: 'etc/shadow', uid: 0, gid: 42, mode: 0o640, text: 'root:*' },
        { name: 'home/ct/file', uid: 1000, gid: 1000, text: 'x'.repeat(1500) },
        { name: 'nobody', uid: 65534, gid: 65534, uname: 'nobody', gname: 'nogroup' },
        { name: long, uid: 5, gid: 999, text: 'long' },
        { name: 'link', type: 'symlink', linkname: 'etc', uid: 0, gid: 0 },
      ]);
      const seen = (await shifted(tar, step)).map(({ header, text }) => [
        ...[header.name.replace(/\/$/u, ''), header.uid, header.gid, header.uname, text.length],
      ]);
      expect(seen).toEqual([
        ['etc', 1, 1, '', 0],
        ['etc/shadow', 1, 43, '', 6],
        ['home/ct/file', 0, 0, '', 1500],
        ['nobody', 65534, 65534, '', 0],
        [long, 6, 1000, '', 4],
        ['link', 1, 1, '', 0],
      ]);
    },
  );

  it('keeps modes and the bits that make a program another account', async () => {
    const tar = await tarOf([{ name: 'su', uid: 0, gid: 0, mode: 0o4755 }]);
    expect((await shifted(tar, 512))[0]?.header.mode).toBe(0o4755);
  });

  it('refuses what is no tar, and one that breaks off', async () => {
    await expect(shifted(Buffer.alloc(1024, 'a'), 512)).rejects.toMatchObject({
      code: 'failed_precondition',
    });
    const tar = await tarOf([{ name: 'a', text: 'b'.repeat(2000) }]);
    await expect(shifted(tar.subarray(0, 1500), 512)).rejects.toMatchObject({
      code: 'failed_precondition',
    });
  });

  it('refuses an owner in an extended header, which it would have to rewrite', async () => {
    const tar = await tarOf([{ name: 'a', pax: { uid: '3000000' }, uid: 0, gid: 0 }]);
    await expect(shifted(tar, 512)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
