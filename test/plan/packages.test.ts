import { describe, expect, it } from 'vitest';
import { NO_PACKAGES, type WantedPackages } from '../../src/config/packages-schema.ts';
import { NOTHING_INSTALLED, type InstalledPackages } from '../../src/image/installed.ts';
import { comparePackages, entryOf, wantedLayer, wantedPrograms } from '../../src/plan/packages.ts';

const wanted: WantedPackages = {
  ...NO_PACKAGES,
  apt: { tiers: [], packages: ['jq'] },
  npm: { packages: ['typescript@5.4.5', '@s/x'] },
  tools: { mise: false, uv: true },
  post_install: { commands: ['echo done'] },
};

const installed: InstalledPackages = {
  ...NOTHING_INSTALLED,
  layer: { packages: ['jq', 'tree'], serial: 's' },
  debian: { jq: '1.7', tree: '2' },
  programs: [
    {
      ...{ manager: 'npm', name: 'typescript', wanted: '5.4.5', version: '5.4.5' },
      ...{ entry: 'npm/typescript/r', programs: ['tsc'] },
    },
    {
      ...{ manager: 'npm', name: '@s/x', wanted: '1.0.0', version: '1.0.0' },
      ...{ entry: 'npm/@s+x/r', programs: ['x'] },
    },
  ],
  failed: [{ manager: 'pip', name: 'uv', reason: 'pypi.org cannot be reached' }],
};

describe('what is wanted', () => {
  it('splits name and version, and puts the own lines last', () => {
    expect(
      wantedPrograms(wanted).map(({ manager, name, version }) => [manager, name, version]),
    ).toEqual([
      ['npm', 'typescript', '5.4.5'],
      ['npm', '@s/x', '*'],
      ['pip', 'uv', '*'],
      ['post_install', 'echo done', '*'],
    ]);
  });

  it('brings what the managers need into the layer', () => {
    expect(wantedLayer(wanted)).toEqual(['jq', 'python3', 'python3-pip', 'python3-venv']);
  });

  it('gives each installation a directory of its own, three words deep', () => {
    const [, scoped] = wantedPrograms(wanted);
    expect(scoped && entryOf(scoped, 'r1')).toBe('npm/@s+x/r1');
  });
});

describe('comparePackages', () => {
  const states = comparePackages(wanted, installed).map(({ name, state, reason }) => [
    ...[name, state],
    ...(reason === null ? [] : [reason]),
  ]);

  it('tells what is there, what is missing and why, and what nobody asks for any more', () => {
    expect(states).toEqual([
      ['jq', 'present'],
      ['python3', 'missing'],
      ['python3-pip', 'missing'],
      ['python3-venv', 'missing'],
      ['tree', 'unwanted'],
      ['typescript', 'present'],
      // Another version was asked for when it was installed.
      ['@s/x', 'missing'],
      ['uv', 'missing', 'pypi.org cannot be reached'],
      ['echo done', 'missing'],
      ['@s/x', 'unwanted'],
    ]);
  });
});
