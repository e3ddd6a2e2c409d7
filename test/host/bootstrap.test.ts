import { describe, expect, test } from 'vitest';
import {
  bootstrapArguments,
  bootstrapError,
  checkBootstrap,
  type BootstrapFacts,
  type BootstrapWish,
} from '../../src/host/bootstrap.ts';
import { type CtError } from '../../src/base/errors.ts';

const facts: BootstrapFacts = {
  user: 'ann',
  uid: 1234,
  missing: [],
  hasKeyring: true,
  subuid: 'bob:100000:65536\nann:165536:65536\n',
  subgid: '1234:165536:65536\n',
};

function refusal(changed: Partial<BootstrapFacts>): CtError {
  try {
    checkBootstrap({ ...facts, ...changed });
  } catch (thrown) {
    return thrown as CtError;
  }
  throw new Error('it was not refused');
}

describe('checkBootstrap', () => {
  test('accepts ranges by name or by number', () => {
    expect(() => checkBootstrap(facts)).not.toThrow();
  });

  test('names the packages to install, each once', () => {
    const error = refusal({ missing: ['mmdebstrap', 'newuidmap', 'newgidmap'], hasKeyring: false });
    expect(error.code).toBe('failed_precondition');
    expect(error.hint).toBe(
      'type: sudo apt-get install --yes mmdebstrap uidmap debian-archive-keyring',
    );
  });

  test.each([
    [{ subuid: '' }, 'usermod --add-subuids 100000-165535 ann'],
    [{ subuid: 'bob:100000:65536\n', subgid: '' }, '165536-231071 --add-subgids 165536-231071 ann'],
    [{ subgid: 'ann:100000:1000\n' }, 'usermod --add-subgids 231072-296607 ann'],
  ])('with the subordinate ids %j, says how to add what is missing', (changed, command) => {
    const error = refusal(changed);
    expect(error.code).toBe('failed_precondition');
    expect(error.hint).toContain(command);
  });
});

describe('bootstrapArguments', () => {
  const wish: BootstrapWish = {
    suite: 'trixie',
    packages: ['git', 'nodejs'],
    sources: ['deb http://user:word@m.example/debian trixie main'],
    aptConf: '/lent/apt.conf',
    instance: 'i',
  };

  test('asks for a tar on stdout and reads the mirrors from stdin', () => {
    const args = bootstrapArguments(wish);
    expect(args.slice(-3)).toEqual(['trixie', '-', '-']);
    expect(args).toContain('--include=git,nodejs');
    expect(args).toContain('--aptopt=/lent/apt.conf');
    expect(args).toContain('--dpkgopt=force-unsafe-io');
  });

  test('shows no credentials in the process list', () => {
    expect(bootstrapArguments(wish).join(' ')).not.toContain('word');
  });

  test("leaves the mirrors to mmdebstrap's default when the host names none", () => {
    expect(bootstrapArguments({ ...wish, sources: [] }).slice(-2)).toEqual(['trixie', '-']);
  });

  test("takes the host's settings out of the result", () => {
    const hook = bootstrapArguments(wish).find((word) => word.startsWith('--customize-hook='));
    expect(hook).toContain('99mmdebstrap');
    expect(hook).toContain('sources.list');
  });
});

describe('bootstrapError', () => {
  test.each([
    [['E: write error - No space left on device'], 'resource_exhausted', /disk is full/u],
    [['W: GPG error: … NO_PUBKEY 0E98404D386FA1D9'], 'failed_precondition', /keys/u],
    [
      ["W: Failed to fetch http://m/debian/InRelease  Temporary failure resolving 'm'"],
      'unavailable',
      /Temporary failure resolving/u,
    ],
    [
      ['I: go', 'E: cannot do a thing', 'E: mmdebstrap failed to run'],
      'failed_precondition',
      /cannot do a thing/u,
    ],
    [[], 'failed_precondition', /status 25/u],
  ] as const)('%j → %s', (lines, code, message) => {
    const error = bootstrapError(lines, '25');
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toBeTruthy();
  });
});
