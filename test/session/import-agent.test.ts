import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, statSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { silentReport } from '../../src/base/report.ts';
import { CARRIED_KINDS } from '../../src/carry/items.ts';
import { DEFAULT_CONFIG } from '../../src/config/schema.ts';
import { openContext } from '../../src/session/context.ts';
import { planImport, runImport, type ImportWish } from '../../src/session/import-agent.ts';
import { makeHome } from '../../src/session/new-home.ts';
import { put, scratch } from '../support/scratch.ts';

/** Not a real one, and not written so that a scanner takes it for one. */
const KEY = `sk-${'a1B2'.repeat(8)}`;

const USER = {
  '.claude/settings.json': `{"theme":"dark","env":{"X_API_KEY":"hunter2","LOG":"1"}}`,
  '.claude/CLAUDE.md': 'be kind\n',
  '.claude/skills/a/SKILL.md': '# a\n',
  '.claude/skills/a/.env': `KEY=${KEY}\n`,
  '.claude/commands/leak.md': `use ${KEY}\n`,
  '.claude/.credentials.json': `{"token":"hunter2"}`,
  '.claude/statsig/cache.json': '{}',
  '.claude/projects/-home-me-site/1.jsonl': `{"cwd":"/home/me/site","text":"${KEY}"}\n`,
  '.claude/projects/-home-me-site/memory/MEMORY.md': 'remember\n',
  '.claude.json': JSON.stringify({
    oauthAccount: { a: 1 },
    mcpServers: { gh: { command: 'npx', env: { GH_TOKEN: 'hunter2', A: 'b' } } },
  }),
  '.ssh/id_rsa': 'hunter2',
};

function host(files: Readonly<Record<string, string>> = USER) {
  const home = scratch(files);
  const runtime = scratch();
  chmodSync(runtime, 0o700);
  const context = openContext({
    config: DEFAULT_CONFIG,
    env: { HOME: home, XDG_RUNTIME_DIR: runtime },
    report: silentReport,
    ctVersion: '0',
  });
  const wish: ImportWish = { agent: 'claude', from: home, kinds: CARRIED_KINDS, replace: false };
  return { home, context, wish, inside: `${home}/.local/share/ct/homes/claude` };
}

/** Every byte of an agent's home. */
function allOf(dir: string): string {
  return execFileSync('find', [dir, '-type', 'f', '-print', '-exec', 'cat', '{}', '+'], {
    encoding: 'utf8',
  });
}

describe('importing', () => {
  it('shows all first and writes nothing', () => {
    const { context, wish, inside } = host();
    const { entries } = planImport(wish, context);
    const of = (path: string) => entries.find((entry) => entry.path === path);
    expect(of('.claude/settings.json')).toMatchObject({
      action: 'copy',
      removed: ['env.X_API_KEY'],
    });
    expect(of('.claude/skills/a/.env')).toMatchObject({ action: 'refuse' });
    expect(of('.claude/commands/leak.md')).toMatchObject({ action: 'refuse' });
    expect(of('.claude.json')).toMatchObject({ removed: ['mcpServers.gh.env.GH_TOKEN'] });
    expect(of('.claude/.credentials.json')).toBeUndefined();
    expect(of('.claude/statsig/cache.json')).toBeUndefined();
    expect(existsSync(inside)).toBe(false);
  });

  it('carries everything but credentials over, for the user alone', () => {
    const { context, wish, inside } = host();
    expect(runImport(wish, context)).toEqual(planImport({ ...wish, replace: true }, context));
    expect(readFileSync(`${inside}/.claude/CLAUDE.md`, 'utf8')).toBe('be kind\n');
    expect(JSON.parse(readFileSync(`${inside}/.claude.json`, 'utf8'))).toEqual({
      mcpServers: { gh: { command: 'npx', env: { A: 'b' } } },
    });
    const conversation = `${inside}/.claude/projects/-projects-site`;
    expect(readFileSync(`${conversation}/1.jsonl`, 'utf8')).toContain('REMOVED-BY-CT');
    expect(readFileSync(`${conversation}/memory/MEMORY.md`, 'utf8')).toBe('remember\n');
    expect(statSync(`${conversation}/1.jsonl`).mode & 0o777).toBe(0o600);
    expect(allOf(inside)).not.toMatch(new RegExp(`hunter2|${KEY}`, 'u'));
  });

  it('takes only the kinds that were asked for', () => {
    const { context, wish } = host();
    const { entries } = planImport({ ...wish, kinds: ['rules'] }, context);
    expect(entries.map(({ path }) => path)).toEqual(['.claude/CLAUDE.md']);
  });

  it('leaves what the agent has, fills settings up, and replaces on demand', () => {
    const { context, wish, inside } = host();
    put(inside, { '.claude/CLAUDE.md': 'theirs', '.claude/settings.json': '{"theme":"light"}' });
    const first = runImport(wish, context).entries;
    expect(first.find(({ path }) => path === '.claude/CLAUDE.md')?.action).toBe('keep');
    expect(readFileSync(`${inside}/.claude/CLAUDE.md`, 'utf8')).toBe('theirs');
    expect(JSON.parse(readFileSync(`${inside}/.claude/settings.json`, 'utf8'))).toEqual({
      theme: 'light',
      env: { LOG: '1' },
    });
    const again = runImport(wish, context).entries.filter(({ action }) => action !== 'refuse');
    expect(again.every(({ action }) => action === 'keep')).toBe(true);
    runImport({ ...wish, replace: true }, context);
    expect(readFileSync(`${inside}/.claude/CLAUDE.md`, 'utf8')).toBe('be kind\n');
  });

  it('replaces the text that a new home begins with: nobody wrote it', () => {
    const { context, wish, inside } = host();
    makeHome(inside, '.claude/CLAUDE.md');
    expect(readFileSync(`${inside}/.claude/CLAUDE.md`, 'utf8')).toContain('ct network allow');
    runImport(wish, context);
    expect(readFileSync(`${inside}/.claude/CLAUDE.md`, 'utf8')).toBe('be kind\n');
  });

  it('follows no link out of the source, and none that the agent made', () => {
    const { context, wish, home, inside } = host();
    symlinkSync('../../.ssh/id_rsa', `${home}/.claude/skills/key.md`);
    symlinkSync('../../.ssh', `${home}/.claude/skills/ssh`);
    const outside = scratch({ 'CLAUDE.md': 'mine' });
    put(inside, { '.claude/': '' });
    symlinkSync(outside, `${inside}/.claude/skills`);
    const rules = planImport({ ...wish, kinds: ['rules', 'settings'] }, context);
    expect(rules.entries).toHaveLength(2);
    expect(() => runImport({ ...wish, kinds: ['skills'] }, context)).toThrow(/in the way/u);
    expect(readFileSync(`${outside}/CLAUDE.md`, 'utf8')).toBe('mine');
  });

  it('says so for an agent that it does not know enough of, and for no directory', () => {
    const { context, wish } = host({});
    expect(() => planImport({ ...wish, agent: 'shell' }, context)).toThrow(/does not know which/u);
    expect(() => planImport({ ...wish, from: '/does/not/exist' }, context)).toThrow(
      /no directory/u,
    );
    expect(planImport(wish, context).entries).toEqual([]);
  });
});
