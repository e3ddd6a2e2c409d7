import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readContainerfile } from '../../../src/engine/containerd/containerfile.ts';

describe('a Containerfile', () => {
  it("is understood as ct's own is written", () => {
    const text = readFileSync('templates/Containerfile', 'utf8');
    const plan = readContainerfile(text, { BASE: 'localhost/base:1', PACKAGES: 'git ripgrep' });
    expect(plan.base).toBe('localhost/base:1');
    expect(plan.steps.length).toBe(text.match(/^(?:COPY|RUN) /gmu)?.length);
    expect(plan.steps[1]).toMatchObject({
      // The shell expands it, as a builder leaves it.
      command: 'sh /usr/libexec/ct/image-setup ${PACKAGES}',
      env: { PACKAGES: 'git ripgrep' },
      mounts: [{ source: '', target: '/run/ct-host' }],
    });
    expect(plan.steps).toContainEqual({
      kind: 'copy',
      sources: ['hosts', 'resolv.conf'],
      target: '/etc/',
    });
  });

  it('reads over what an image says about how it is run, and keeps labels and variables', () => {
    const plan = readContainerfile(
      'FROM a\nENV A=1 B="two words"\nLABEL x=y\nCMD ["evil"]\nUSER 0\nWORKDIR /w\nRUN a \\\n  b\n',
      {},
    );
    expect(plan).toMatchObject({ env: { A: '1', B: 'two words' }, labels: { x: 'y' } });
    expect(plan.steps).toMatchObject([{ command: 'a   b', cwd: '/w' }]);
  });

  it.each([
    ['a second stage', 'FROM a\nFROM b'],
    ['a stage with a name', 'FROM a AS b'],
    ['another instruction', 'FROM a\nADD http://x /y'],
    ['a flag of RUN', 'FROM a\nRUN --network=none true'],
    ['a mount of another kind', 'FROM a\nRUN --mount=type=secret,id=x true'],
    ['a field of a mount', 'FROM a\nRUN --mount=type=bind,target=/x,rw true'],
    ['the list form of RUN', 'FROM a\nRUN ["a"]'],
    ['a flag of COPY', 'FROM a\nCOPY --chown=1 a /b'],
    ['a pattern in COPY', 'FROM a\nCOPY *.sh /b'],
    ['another account', 'FROM a\nUSER 1000'],
  ])('refuses %s instead of leaving it out', (_what, text) => {
    expect(() => readContainerfile(text, {})).toThrow(
      expect.objectContaining({ code: 'unsupported' }),
    );
  });

  it('needs a base', () => {
    expect(() => readContainerfile('RUN true', {})).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });
});
