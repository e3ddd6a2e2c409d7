import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { silentReport } from '../../src/base/report.ts';
import { DEFAULT_CONFIG } from '../../src/config/schema.ts';
import { openContext } from '../../src/session/context.ts';
import { editRules, listRules, setRules } from '../../src/session/rules-files.ts';
import { scratch } from '../support/scratch.ts';

function host(env: Record<string, string> = {}) {
  const home = scratch();
  const runtime = scratch();
  chmodSync(runtime, 0o700);
  const context = openContext({
    config: DEFAULT_CONFIG,
    env: { HOME: home, XDG_RUNTIME_DIR: runtime, PATH: '/usr/bin:/bin', ...env },
    report: silentReport,
    ctVersion: '0',
  });
  return { context, homes: `${home}/.local/share/ct/homes` };
}

describe('rules for all projects', () => {
  it('lie in each agent’s own home, under its own name', () => {
    const { context, homes } = host();
    const list = listRules(context);
    expect(list).toContainEqual({
      agent: 'claude',
      path: `${homes}/claude/.claude/CLAUDE.md`,
      bytes: null,
    });
    expect(list).toContainEqual({
      agent: 'gemini',
      path: `${homes}/gemini/.gemini/GEMINI.md`,
      bytes: null,
    });
    expect(list.map(({ agent }) => agent)).not.toContain('shell');
    expect(existsSync(homes)).toBe(false);
  });

  it('are given to one or to all, and only written when they differ', () => {
    const { context, homes } = host();
    expect(setRules(['claude'], 'be kind\n', context)).toMatchObject([
      { isChanged: true, bytes: 8 },
    ]);
    expect(readFileSync(`${homes}/claude/.claude/CLAUDE.md`, 'utf8')).toBe('be kind\n');
    const all = setRules('all', 'be kind\n', context);
    expect(all.filter(({ isChanged }) => !isChanged).map(({ agent }) => agent)).toEqual(['claude']);
    expect(all).toHaveLength(listRules(context).length);
    expect(listRules(context).every(({ bytes }) => bytes === 8)).toBe(true);
  });

  it('go through the editor', async () => {
    const dir = scratch({ edit: '#!/bin/sh\necho "edited $1" | sed "s,/.*/,," >> "$1"\n' });
    chmodSync(`${dir}/edit`, 0o755);
    const { context, homes } = host({ EDITOR: `${dir}/edit` });
    const changed = await editRules(['codex', 'gemini'], context);
    expect(changed.map(({ isChanged }) => isChanged)).toEqual([true, false]);
    expect(readFileSync(`${homes}/codex/.codex/AGENTS.md`, 'utf8')).toBe(
      'edited codex-AGENTS.md\n',
    );
    expect(existsSync(`${homes}/gemini`)).toBe(false);
  });

  it('are never written through a link that the agent made', () => {
    const { context, homes } = host();
    const outside = scratch({ 'CLAUDE.md': 'mine' });
    mkdirSync(`${homes}/claude`, { recursive: true, mode: 0o700 });
    symlinkSync(outside, `${homes}/claude/.claude`);
    expect(() => setRules(['claude'], 'theirs', context)).toThrow(/in the way/u);
    expect(readFileSync(`${outside}/CLAUDE.md`, 'utf8')).toBe('mine');
  });

  it('are not empty, and of an agent that reads some', () => {
    const { context } = host();
    expect(() => setRules(['claude'], ' \n', context)).toThrow(/empty/u);
    expect(() => setRules(['omp'], 'x', context)).toThrow(/reads no file/u);
    expect(() => setRules(['cluade'], 'x', context)).toThrow(/no agent called/u);
  });
});
