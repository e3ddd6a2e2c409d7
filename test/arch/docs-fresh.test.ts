import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { renderDocs } from '../../setup/docs.mjs';

describe('generated pages', () => {
  it('are what the sources say', async () => {
    for (const [path, text] of await renderDocs()) {
      expect(readFileSync(path, 'utf8'), `${path} is stale: npm run docs`).toBe(text);
    }
  });
});
