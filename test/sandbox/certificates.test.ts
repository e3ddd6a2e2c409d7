import { expect, test } from 'vitest';
import { CA_BUNDLE, caEnvironment, caMounts } from '../../src/sandbox/certificates.ts';

const bundle = '/host/ca.crt';
const own = '/state/own-ca.pem';

test('mounts the bundle of the host over the one of the image, read-only', () => {
  expect(caMounts({ bundle, own: undefined })).toEqual([
    { kind: 'bind', source: bundle, target: CA_BUNDLE, readOnly: true },
  ]);
});

test('mounts nothing when the host has none', () => {
  expect(caMounts({ bundle: undefined, own: undefined })).toEqual([]);
});

test('points every runtime to the one bundle, and lets Node keep the list that it has', () => {
  const env = caEnvironment({ bundle, own: undefined });
  expect(new Set(Object.values(env))).toEqual(new Set([CA_BUNDLE]));
  expect(Object.keys(env)).not.toContain('NODE_EXTRA_CA_CERTS');
});

test("gives Node the host's own authorities alone, which are mounted where it looks", () => {
  const { NODE_EXTRA_CA_CERTS: file } = caEnvironment({ bundle, own });
  expect(caMounts({ bundle, own })).toContainEqual({
    ...{ kind: 'bind', source: own, target: file, readOnly: true },
  });
});
