import { describe, expect, it } from 'vitest';
import { claudeState, conversationCwd, conversationPath } from '../../src/carry/claude-state.ts';

describe('a conversation of Claude Code', () => {
  it('goes where Claude looks for it inside', () => {
    const text = '{"type":"summary"}\n{"cwd":"/home/me/my.site","x":1}\n';
    expect(conversationCwd(text)).toBe('/home/me/my.site');
    expect(conversationPath('.claude/projects/-home-me-my-site/1.jsonl', '/home/me/my.site')).toBe(
      '.claude/projects/-projects-my-site/1.jsonl',
    );
  });

  it('stays where it is when it names no directory', () => {
    expect(conversationCwd('{"cwd":12}')).toBeUndefined();
    expect(conversationPath('.claude/projects/a/1.jsonl', undefined)).toBe(
      '.claude/projects/a/1.jsonl',
    );
    expect(conversationPath('.claude/projects/a/1.jsonl', '../x')).toBe(
      '.claude/projects/a/1.jsonl',
    );
    expect(conversationPath('.claude/history.jsonl', '/x')).toBe('.claude/history.jsonl');
  });
});

describe('the state of Claude Code', () => {
  it('is nothing when it is no table', () => expect(claudeState([1])).toEqual({}));

  it('joins projects of one name', () => {
    const projects = { '/a/x': { allowedTools: ['A'] }, '/b/x': { mcpServers: { m: {} } } };
    expect(claudeState({ projects })).toEqual({
      projects: { '/projects/x': { allowedTools: ['A'], mcpServers: { m: {} } } },
    });
  });
});
