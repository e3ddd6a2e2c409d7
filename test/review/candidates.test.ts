import { describe, expect, it } from 'vitest';
import { reasonOf } from '../../src/review/candidates.ts';

const of = (path: string) => reasonOf(path.slice(path.lastIndexOf('/') + 1), path);

describe('reasonOf', () => {
  it.each([
    ...['Makefile', 'a/b/package.json', '.envrc', 'setup.py', 'conftest.py', 'justfile', '.npmrc'],
    ...['.github/workflows/ci.yml', 'web/.vscode/tasks.json', '.husky/_/pre-commit', 'build.rs'],
    ...[
      '.gitattributes',
      '.pre-commit-config.yaml',
      'Dockerfile',
      'Dockerfile.dev',
      'x.code-workspace',
    ],
    ...[
      'vite.config.ts',
      '.eslintrc.cjs',
      'CLAUDE.md',
      '.claude/settings.json',
      'a.pth',
      '.yarnrc.yml',
    ],
  ])('has one for %s', (path) => expect(of(path)).toBeTypeOf('string'));

  it.each([
    'src/main.ts',
    'README.md',
    'constructor',
    '__proto__',
    'github/workflows/x',
    'package.json.md',
  ])('has none for %s', (path) => expect(of(path)).toBeUndefined());
});
