import { expect, it } from 'vitest';
import type { SessionContext } from '../../src/session/context.ts';
import { loggedSession } from '../../src/session/network-log.ts';
import { scratch } from '../support/scratch.ts';

it('says why an ended session may have no log', () => {
  const paths = { stateDir: scratch(), runtimeDir: scratch() };
  expect(() => loggedSession('3f2a', { paths } as SessionContext)).toThrow(
    expect.objectContaining({
      message: "there is no network log of a session '3f2a'",
      hint: expect.stringContaining('or that asked for nothing') as string,
    }) as Error,
  );
});
