import { openSync } from 'node:fs';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { lostOutput } from '../../../src/cli/output/lost.ts';
import { openOutput } from '../../../src/host/stdio.ts';

async function after(stream: Writable): Promise<Writable> {
  stream.on('error', () => undefined);
  await new Promise<void>((resolve) => stream.write('text', () => resolve()));
  return stream;
}

test('what could not be written is an error with a remedy', async () => {
  const full = await after(openOutput(openSync('/dev/full', 'w') as 1));
  expect(lostOutput(full)).toMatchObject({
    code: 'resource_exhausted',
    message: 'cannot write to standard output: the disk is full',
  });
});

test('what was written, or had no reader any more, is none', async () => {
  const gone = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error(), { code: 'EPIPE' })),
  });
  expect(lostOutput(await after(gone))).toBeUndefined();
  expect(lostOutput(await after(openOutput(openSync('/dev/null', 'w') as 1)))).toBeUndefined();
});
