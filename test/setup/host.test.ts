import { expect, test } from 'vitest';
import { checkNode, parseOsRelease } from '../../setup/host.mjs';

test('accepts the oldest Node that ct runs on, and newer ones', () => {
  for (const version of ['20.18.0', '20.20.2', '22.0.0']) checkNode(version);
});

test('refuses an older Node and says what to install', () => {
  for (const version of ['18.20.4', '20.17.9']) expect(() => checkNode(version)).toThrow('too old');
});

test('reads os-release with and without quotes', () => {
  const text = 'NAME="Debian GNU/Linux"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n# no field\n';
  expect(parseOsRelease(text)).toEqual({
    NAME: 'Debian GNU/Linux',
    VERSION_ID: '12',
    VERSION_CODENAME: 'bookworm',
  });
});
