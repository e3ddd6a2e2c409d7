import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { quoteForShell } from '../../src/cli/quote.ts';

describe('quoteForShell', () => {
  it('leaves plain words bare', () => {
    expect(quoteForShell('--network=offline')).toBe('--network=offline');
  });

  it.each(['', ' ', "it's", '$(id)', '`id`', 'a\nb', '!!', '*', '"', '\\', 'ü'])(
    'is undone by a shell: %j',
    (word) => {
      const output = execFileSync('sh', ['-c', `printf %s ${quoteForShell(word)}`]);
      expect(output.toString()).toBe(word);
    },
  );
});
