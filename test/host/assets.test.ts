import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dataPath, readData } from '../../src/host/assets.ts';

describe('files that lie beside templates/', () => {
  it('are found', () => {
    expect(existsSync(dataPath('bench', 'results'))).toBe(true);
    expect(readData('bench', 'budgets.toml')).toContain('[version]');
    expect(JSON.parse(readData('seccomp', 'strict.json'))).toBeTypeOf('object');
  });

  it('are missed as a fault of the installation', () => {
    expect(() => readData('bench', 'nosuch')).toThrow('the directory bench of this installation');
  });
});
