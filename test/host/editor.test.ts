import { chmodSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { editorWords, editTexts } from '../../src/host/editor.ts';
import { scratch } from '../support/scratch.ts';

function program(text: string): string {
  const dir = scratch({ edit: `#!/bin/sh\n${text}\n` });
  chmodSync(`${dir}/edit`, 0o755);
  return `${dir}/edit`;
}

describe('the editor', () => {
  it('is VISUAL, then EDITOR, with its options, then what is installed', () => {
    expect(editorWords({ VISUAL: 'code --wait', EDITOR: 'vi' })).toEqual(['code', '--wait']);
    expect(editorWords({ VISUAL: ' ', EDITOR: 'vi' })).toEqual(['vi']);
    const dir = program('').replace(/\/edit$/u, '');
    expect(() => editorWords({ PATH: dir })).toThrow(/no editor/u);
  });

  it('gets copies, all at once, and gives back what it left; nothing stays behind', async () => {
    const runtimeDir = scratch();
    const env = {
      PATH: '/usr/bin:/bin',
      EDITOR: program('for f in "$@"; do echo more >> "$f"; done'),
    };
    const texts = [
      { name: 'claude-CLAUDE.md', text: 'a\n' },
      { name: 'gemini-GEMINI.md', text: '' },
    ];
    expect(await editTexts(texts, { env, runtimeDir })).toEqual(['a\nmore\n', 'more\n']);
    expect(readdirSync(runtimeDir)).toEqual([]);
  });

  it('changes nothing when it fails or is not there', async () => {
    const runtimeDir = scratch();
    const edit = (EDITOR: string) =>
      editTexts([{ name: 'a', text: '' }], { env: { PATH: '/bin', EDITOR }, runtimeDir });
    await expect(edit(program('exit 1'))).rejects.toMatchObject({ code: 'canceled' });
    await expect(edit('/does/not/exist')).rejects.toThrow(/cannot start the editor/u);
    expect(readdirSync(runtimeDir)).toEqual([]);
  });

  it('is told to take no orders from a text, where it is vim', async () => {
    const dir = program('for f in "$@"; do last=$f; done; echo "$*" > "$last"').replace(
      /\/edit$/u,
      '',
    );
    const { renameSync } = await import('node:fs');
    renameSync(`${dir}/edit`, `${dir}/nvim`);
    const env = { PATH: '/bin', EDITOR: `${dir}/nvim` };
    const [text] = await editTexts([{ name: 'a', text: '' }], { env, runtimeDir: scratch() });
    expect(text).toMatch(/^--cmd set nomodeline /u);
  });
});
