import { readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run, sweep } from './support/accounts.ts';
import { installCt } from './support/install.ts';

let ct: string;
beforeAll(async () => {
  sweep();
  ct = await installCt();
});
afterAll(sweep);

describe('as root', () => {
  it.each([
    ['run gemini -- --version', "runuser -l ct -c 'ct run gemini -- --version'"],
    ['run -v shell -c id', "runuser -l ct -c 'ct run -v shell -c id'"],
    ['exec 3f2a id', "runuser -l ct -c 'ct exec 3f2a id'"],
    ['attach 3f2a', "runuser -l ct -c 'ct attach 3f2a'"],
    ['shell', "runuser -l ct -c 'ct shell'"],
    ['sys init gemini', "runuser -l ct -c 'ct sys init gemini'"],
  ])('ct %s is refused, with the reason and the command to use instead', async (words, instead) => {
    const engines = await enginesOfRoot();
    const done = await run([ct, ...words.split(' ')]);
    expect(done.status).toBe(125);
    expect(done.stdout).toBe('');
    expect(done.stderr).toContain('ct does not run sessions as root');
    expect(done.stderr).toContain('user namespace of an ordinary account');
    expect(done.stderr).toContain(instead);
    expect(await enginesOfRoot()).toEqual(engines);
  });
});

/**
 * Engine services and containers of root, which nobody must have started. Those of other pid namespaces are
 * the business of guests, whose root may be this one.
 */
async function enginesOfRoot(): Promise<string> {
  const { status, stdout } = await run(['ps', '-u', '0', '-o', 'pidns=,pid=,args=']);
  expect(status).toBe(0);
  const here = /\d+/u.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '';
  const ours = stdout.split('\n').filter((line) => line.trimStart().startsWith(`${here} `));
  // ps itself is one of them, at least.
  expect(ours).not.toEqual([]);
  return ours.filter((line) => /podman|conmon/u.test(line)).join('\n');
}
