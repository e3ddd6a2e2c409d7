import { PassThrough, Readable, Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { startFailureWords } from '../../src/engine/podman/errors.ts';
import { withhold } from '../../src/engine/withhold.ts';
import { launcherWords } from '../../src/session/launcher/lines.ts';

const streamsOf = (stdout: Readable, stderr: Readable | undefined) => ({
  stdin: new Writable(),
  stdout,
  stderr,
  ended: Promise.resolve(),
  close: () => undefined,
});

async function passed(pieces: readonly string[], words = startFailureWords('git')) {
  const stderr = Readable.from(pieces.map((piece) => Buffer.from(piece)));
  const { streams, said } = withhold(streamsOf(Readable.from([]), stderr), words);
  const output = await text(streams.stderr ?? Readable.from([]));
  await streams.ended;
  return { output, said: said() };
}

const RUNC = 'Error: runc: exec failed: unable to start container process: exec: ';
const MISSING = 'OCI runtime attempted to invoke a command that was not found\n';
const NO_ATTACH =
  'Error: read unixpacket @->/proc/self/fd/15/attach: read: connection reset by peer\n';

describe('what an engine says of a program that could not be started', () => {
  it.each([
    [[`${RUNC}"git": executable file not found in $PATH: ${MISSING}`]],
    [[`${RUNC}"git": executable file not found in $PATH: ${MISSING}`, NO_ATTACH]],
    [[`${RUNC}"git": permission denied: OCI permission denied\n${NO_ATTACH}`]],
    [[`Error: crun: executable file \`git\` not found in $PATH: No such file: ${MISSING}`]],
  ])('is kept from its output: %j', async (pieces) => {
    expect(await passed(pieces)).toEqual({ output: '', said: pieces.join('') });
  });

  it.each([
    [['fatal: not a repository\n']],
    [[]],
    // Of another program, as an engine that runs in the session has it.
    [[`${RUNC}"other": executable file not found in $PATH: ${MISSING}`]],
    // It said more, so it ran.
    [[`${RUNC}"git": executable file not found in $PATH: ${MISSING}`, 'and more\n']],
    [['before\n', `${RUNC}"git": executable file not found in $PATH: ${MISSING}`]],
    // The terminal of a program ends lines otherwise.
    [[`${RUNC}"git": permission denied: OCI permission denied\r\n`]],
    [[`${RUNC}"git": `, 'x'.repeat(20_000)]],
    [['Error: crun: open executable: Permission denied: OCI permission denied\n']],
  ])('is nothing that a program wrote: %#', async (pieces) => {
    expect(await passed(pieces)).toEqual({ output: pieces.join(''), said: undefined });
  });

  it('holds nothing else up', async () => {
    const stderr = new PassThrough();
    const words = startFailureWords('git');
    const { streams } = withhold(streamsOf(Readable.from([]), stderr), words);
    stderr.write('Error: ');
    const [first] = (await streams.stderr?.take(1).toArray()) as Buffer[];
    expect(first?.toString()).toBe('Error: ');
  });

  it('is looked for in the one output of a terminal', async () => {
    const said = `${RUNC}"git": permission denied: OCI permission denied\n`;
    const held = withhold(
      streamsOf(Readable.from([Buffer.from(said)]), undefined),
      startFailureWords('git'),
    );
    expect([await text(held.streams.stdout), held.said()]).toEqual(['', said]);
  });
});

describe('what the launcher says of it', () => {
  const begin = '/usr/libexec/ct/launcher: ';

  it.each(['not found', 'Permission denied'])('is kept, in pieces too: %s', async (why) => {
    const pieces = [`${begin}27: `, 'exec: a.b-c: ', why, '\n'];
    const said = pieces.join('');
    expect(await passed(pieces, launcherWords('a.b-c'))).toEqual({ output: '', said });
  });

  it('is not what it says of another one', async () => {
    const pieces = [`${begin}27: exec: axb: not found\n`];
    const output = pieces.join('');
    expect(await passed(pieces, launcherWords('a.b'))).toEqual({ output, said: undefined });
  });
});
