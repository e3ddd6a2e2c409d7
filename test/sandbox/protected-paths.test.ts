import { describe, expect, it } from 'vitest';
import { PROTECTED_PATHS, isNamed } from '../../src/sandbox/protected-paths.ts';

describe('PROTECTED_PATHS', () => {
  it('are at the top of the project, each once: deeper ones could be moved with what they are in', () => {
    const names = PROTECTED_PATHS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[\w.-]+$/u);
  });

  it('have what the issue names', () => {
    const names = PROTECTED_PATHS.map(({ name }) => name);
    const wanted = [
      '.husky',
      '.vscode',
      '.idea',
      '.envrc',
      '.mcp.json',
      '.claude',
      '.devcontainer',
    ];
    expect(names).toEqual(expect.arrayContaining(wanted));
  });
});

describe('isNamed', () => {
  it.each([
    ['.vscode', ['.vscode'], true],
    ['.vscode', ['.vscode/'], true],
    ['.vscode', ['./.vscode'], true],
    ['.git/hooks', ['.git'], true],
    ['.git', ['.git/hooks'], false],
    ['.vscode2', ['.vscode'], false],
    ['.vscode', [], false],
    ['.vscode', [''], false],
  ])('%s by %j: %s', (path, names, expected) => expect(isNamed(path, names)).toBe(expected));
});
