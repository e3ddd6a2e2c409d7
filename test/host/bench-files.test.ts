import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { benchPath, readBenchFile } from '../../src/host/bench-files.ts';

describe('files of bench/', () => {
  it('are found beside templates/', () => {
    expect(existsSync(benchPath('results'))).toBe(true);
    expect(readBenchFile('budgets.toml')).toContain('[version]');
  });

  it('are missed as a fault of the installation', () => {
    expect(() => readBenchFile('nosuch')).toThrow('the directory bench of this installation');
  });
});
