import { describe, expect, it } from 'vitest';
import { readFromCommand } from '../../src/broker/command-source.ts';

const run = (argv: readonly string[], deadlineMs = 5000) =>
  readFromCommand('A', { argv, deadlineMs }, { PATH: process.env['PATH'] });
const sh = (script: string, deadlineMs?: number) => run(['sh', '-c', script], deadlineMs);

describe('a command that prints a secret', () => {
  it('gives its output byte for byte', async () => {
    expect(await sh("printf 'a\\377\\n'")).toEqual(Buffer.from([0x61, 0xff, 0x0a]));
  });

  it('gets its arguments as they are, without a shell', async () => {
    expect((await run(['printf', '%s', '$(id);*'])).toString()).toBe('$(id);*');
  });

  it('fails with its status, and nothing of what it said', async () => {
    const failure = await sh('echo sk-out; echo sk-err >&2; exit 7').catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'failed_precondition',
      message: 'A: sh ended with exit status 7',
    });
    expect(JSON.stringify(failure) + String((failure as Error).stack)).not.toMatch(
      /sk-(?:out|err)/u,
    );
  });

  it('has a deadline, and must exist', async () => {
    await expect(sh('sleep 20', 100)).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await expect(run(['/no/such/program'])).rejects.toMatchObject({
      code: 'not_found',
      message: 'A: there is no program /no/such/program',
    });
  });

  it('that prints without end gives no more than a value can have, and a byte to notice', async () => {
    expect((await sh('head -c 9999999 /dev/zero | tr "\\0" x')).length).toBe(64 * 1024 + 2);
  });
});
