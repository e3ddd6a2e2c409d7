import { expect, it } from 'vitest';
import { PATHS, packageBinDir } from '../../src/base/layout.ts';

it('keeps an agent’s programs inside the packages volume', () => {
  expect(packageBinDir('gemini')).toBe('/opt/ct/packages/gemini/current/bin');
});

it('keeps the gate inside its private directory', () => {
  expect(PATHS.gate.startsWith(`${PATHS.runDir}/`)).toBe(true);
});
