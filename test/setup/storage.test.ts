import { expect, test } from 'vitest';
import { storageDriver } from '../../setup/storage.mjs';

test('reads the driver of a storage.conf', () => {
  expect(storageDriver('[storage]\ndriver = "overlay"\n')).toBe('overlay');
  expect(storageDriver("[storage]\n  driver='vfs'\n")).toBe('vfs');
});

test('takes no comment for a driver', () => {
  expect(storageDriver('[storage]\n# driver = "vfs"\n')).toBeUndefined();
});
