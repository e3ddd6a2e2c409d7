import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { CATALOGUE } from '../../src/agents/catalogue.ts';
import { PROVIDERS } from '../../src/agents/providers.ts';
import { complete, completionScript, SHELLS, type Live } from '../../src/cli/completion.ts';
import { mainByLibrary } from '../../src/cli/main-by-library.ts';
import { fakeContext } from './support.ts';

const live: Live = {
  agents: () => Promise.resolve([...CATALOGUE.keys()]),
  providers: () => Promise.resolve([...PROVIDERS.keys()]),
  sessions: () => Promise.resolve(['cafe0123', 'beef4567']),
};

describe('complete', () => {
  it.each([
    [['ge'], ['gemini']],
    [['a'], ['agents', 'amp', 'attach']],
    [
      ['run', 'cl'],
      ['claude', 'cline'],
    ],
    [['run', '-d', 'cod'], ['codex']],
    [['agents', 'p'], ['pin']],
    [['agents', 'pin', 'qw'], ['qwen']],
    [['stop', 'ca'], ['cafe0123']],
    [['cc', 'z'], ['zai']],
    [['run', 'gemini', ''], []],
    [['run', 'gemini', '--'], []],
    [['run', '-n', 'strict', 'cod'], ['codex']],
    [
      ['run', '-n', ''],
      ['offline', 'permissive', 'strict'],
    ],
    [['ps', '--engine', 'c'], ['containerd']],
    [['run', '-d', '--preset', 'h'], ['hardened']],
    [['run', '--seccomp', 'n'], ['nested']],
    [['run', '--provider', 'z'], ['zai']],
    [
      ['run', '--pr'],
      ['--preset', '--provider'],
    ],
    [['network', 'log', '--session', 'be'], ['beef4567']],
    [['sys', 'gc', '--d'], ['--dry-run']],
    [['int'], []],
    [['xyzzy', ''], []],
  ])('%j may become %j', async (words, expected) => {
    expect(await complete(words, live)).toEqual(expected);
  });

  it('offers commands and agents when nothing is typed', async () => {
    expect(await complete([''], live)).toEqual(expect.arrayContaining(['run', 'ps', 'claude']));
  });
});

describe('ct completion', () => {
  it.each(SHELLS)('has a script for %s', async (shell) => {
    const { context, stdout } = fakeContext();
    expect(await mainByLibrary(['completion', shell], context)).toBe(0);
    expect(stdout.text).toBe(completionScript(shell));
  });

  it('gives words of this moment, one a line', async () => {
    const { context, stdout } = fakeContext({ env: { HOME: '/nonexistent' } });
    expect(await mainByLibrary(['completion', 'words', '--', 'run', 'gem'], context)).toBe(0);
    expect(stdout.text).toBe('gemini\n');
  });

  it('refuses other shells', async () => {
    const { context, stderr } = fakeContext();
    expect(await mainByLibrary(['completion', 'tcsh'], context)).toBe(2);
    expect(stderr.text).toContain('bash, zsh, fish');
  });

  it('works in a real bash', () => {
    const lines = [
      'ct() { printf "%s\\n" "got:$*"; }',
      completionScript('bash'),
      'COMP_WORDS=(ct run ge); COMP_CWORD=2; _ct; printf "%s|" "${COMPREPLY[@]}"',
    ];
    const { stdout, stderr } = spawnSync('bash', ['-c', lines.join('\n')], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe('got:completion words -- run ge|');
  });
});
