import { describe, expect, it } from 'vitest';
import { projectTarget } from '../../src/plan/project.ts';
import type { GitSurvey } from '../../src/sandbox/project-survey.ts';

describe('projectTarget', () => {
  it.each([
    ['/a/my project', '/projects/my project'],
    ['/a/x:y,z', '/projects/x:y,z'],
    ['/a/Grüße 世界', '/projects/Grüße 世界'],
    ['/a/two\nlines', '/projects/two_lines'],
  ])('names %j %j inside', (source, target) =>
    expect(projectTarget({ dir: source, git: { kind: 'none' } })).toBe(target),
  );

  it('refuses the root directory', () => {
    expect(() => projectTarget({ dir: '/', git: { kind: 'none' } })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    );
  });

  it('leaves a worktree where it is, since its repository knows it by that path', () => {
    const git = { kind: 'linked' } as GitSurvey;
    expect(projectTarget({ dir: '/home/me/side', git })).toBe('/home/me/side');
    expect(projectTarget({ dir: '/home/me/two\nlines', git })).toBe('/projects/two_lines');
  });
});
