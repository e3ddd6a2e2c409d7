import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NPM } from '../../src/image/npm.ts';

interface Manifest {
  readonly version: string;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

function manifest(path: string): Manifest {
  return JSON.parse(readFileSync(path, 'utf8')) as Manifest;
}

test('names the version that is installed and packed', () => {
  expect(manifest('package.json').devDependencies?.['npm']).toBe(NPM.version);
  expect(manifest('node_modules/npm/package.json').version).toBe(NPM.version);
});
