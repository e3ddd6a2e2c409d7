import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CtError } from '../../src/base/errors.ts';
import { refuseRoot } from '../../src/cli/root.ts';

const accounts = vi.hoisted(() => ({ exists: true }));
vi.mock('../../src/host/account.ts', () => ({ hasAccount: () => accounts.exists }));

async function hintFor(words: readonly string[]): Promise<string> {
  const error: unknown = await refuseRoot(0, words).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CtError);
  expect((error as CtError).code).toBe('failed_precondition');
  return (error as CtError).hint ?? '';
}

describe('refuseRoot', () => {
  beforeEach(() => {
    accounts.exists = true;
  });

  it('lets everybody else pass', async () => {
    await expect(refuseRoot(1000, ['run'])).resolves.toBeUndefined();
  });

  it('gives the command to type when there is an account for it', async () => {
    expect(await hintFor(['run', 'gemini'])).toContain("runuser -l ct -c 'ct run gemini'");
  });

  it('says how to make one when there is none', async () => {
    accounts.exists = false;
    const hint = await hintFor(['run', 'gemini']);
    expect(hint).toContain('useradd -m');
    expect(hint).toContain("runuser -l ct -c 'ct run gemini'");
  });

  it('quotes words twice: for root’s shell and for the account’s', async () => {
    expect(await hintFor(['run', 'a b'])).toContain(`runuser -l ct -c 'ct run '\\''a b'\\'''`);
  });
});
