import { expect, test } from 'vitest';
import { CA_BUNDLE, CA_ENVIRONMENT, caMount } from '../../src/sandbox/certificates.ts';

test('mounts the bundle of the host over the one of the image, read-only', () => {
  expect(caMount('/host/ca.crt')).toEqual([
    { kind: 'bind', source: '/host/ca.crt', target: CA_BUNDLE, readOnly: true },
  ]);
});

test('mounts nothing when the host has none', () => {
  expect(caMount(undefined)).toEqual([]);
});

test('points every runtime to the one bundle', () => {
  expect(new Set(Object.values(CA_ENVIRONMENT))).toEqual(new Set([CA_BUNDLE]));
});
