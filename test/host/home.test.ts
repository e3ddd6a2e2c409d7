import { homedir, userInfo } from 'node:os';
import { expect, it } from 'vitest';
import { homeOf } from '../../src/host/home.ts';

it.each([
  ['/home/u', '/home/u'],
  ['/home/u//', '/home/u'],
  ['/', '/'],
])('is HOME as it is: %s', (HOME, home) => {
  expect(homeOf({ HOME })).toBe(home);
});

it('is that of the account without the variable', () => {
  expect(homeOf({})).toBe(homedir());
});

it.each([
  ['', 'HOME is empty'],
  ['rel/\n', "HOME is 'rel/\\n', which is no absolute path"],
])('is refused when it is %j, with what to type', (HOME, message) => {
  expect(() => homeOf({ HOME })).toThrow(
    expect.objectContaining({
      message,
      hint: `set it to your home directory:  export HOME=${userInfo().homedir}`,
    }) as Error,
  );
});
