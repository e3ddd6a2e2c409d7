import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderDocs } from '../../setup/docs.mjs';

const pages = await renderDocs();
const manPages = [...pages].filter(([path]) => path.startsWith('docs/man/'));

describe('generated pages', () => {
  it('are what the sources say', () => {
    for (const [path, text] of pages) {
      expect(readFileSync(path, 'utf8'), `${path} is stale: npm run docs`).toBe(text);
    }
  });
});

describe('man pages', () => {
  it('are there for ct and every command, and none is left of others', () => {
    expect(readdirSync('docs/man').sort()).toEqual(manPages.map(([path]) => path.slice(9)).sort());
    expect(manPages.map(([path]) => path)).toContain('docs/man/ct-agents-import.1');
  });

  it('are shipped, where npm finds them', () => {
    const { directories, files } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      directories: { man: string };
      files: readonly string[];
    };
    expect(directories.man).toBe('docs/man');
    expect(files).toContain('docs/man');
  });

  it.each(manPages)('has what man(7) wants and no request by accident: %s', (_path, text) => {
    expect(text).toMatch(/^\.TH CT[A-Z\\-]* 1 /mu);
    for (const section of ['NAME', 'SYNOPSIS', 'DESCRIPTION', 'EXIT STATUS', 'SEE ALSO']) {
      expect(text).toContain(`\n.SH ${section}\n`);
    }
    if (!text.includes('.TH CT 1')) expect(text).toContain('\n.SH EXAMPLES\n');
    const requests = [...text.matchAll(/^[.'](\S*)/gmu)].map(({ 1: word }) => word);
    const known = ['TH', 'SH', 'PP', 'TP', 'B', 'I', 'br', 'RS', 'RE', 'EX', 'EE', '\\"'];
    expect(requests.filter((word) => !known.includes(word ?? ''))).toEqual([]);
    const escapes = [...text.replace(/^\.\\".*$/gmu, '').matchAll(/\\(\(..|.)/gu)];
    expect(escapes.filter(({ 1: word = '' }) => !/^(?:-|e|&|f|\((?:aq|ga))$/u.test(word))).toEqual(
      [],
    );
  });

  it('are read by man without a complaint', (context) => {
    if (spawnSync('man', ['--version']).error !== undefined) context.skip('there is no man here');
    const { stdout, stderr, status } = spawnSync('man', ['--warnings', '-l', 'docs/man/ct-run.1'], {
      encoding: 'utf8',
      env: { PATH: '/usr/bin:/bin', MANPAGER: 'cat', LANG: 'C.UTF-8', MANWIDTH: '100' },
    });
    expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
    expect(stdout).toMatch(/NAME\s+ct-run - Run an agent in this directory/u);
  });
});
