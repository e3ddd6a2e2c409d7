import { mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_CONFIG, type Config } from '../../src/config/schema.ts';
import { resolveImage } from '../../src/session/image.ts';

let stateDir: string;
beforeEach(() => {
  stateDir = mkdtempSync(join(tmpdir(), 'ct-image-'));
});

const config = (image: Partial<Config['image']>): Config => ({
  ...DEFAULT_CONFIG,
  image: { ...DEFAULT_CONFIG.image, ...image },
});
const reference = (image: Partial<Config['image']>): string =>
  resolveImage(config(image), { stateDir }).reference;

describe('resolveImage', () => {
  it('names the image without an engine and without a state', () => {
    expect(reference({})).toMatch(/^localhost\/ct\/agent:[0-9a-f]{16}$/u);
    expect(reference({})).toBe(reference({}));
  });

  it('names another image for another source or registry', () => {
    const all = [
      reference({}),
      reference({ source: 'registry' }),
      reference({ source: 'registry', registry: 'registry.example/debian:1' }),
      reference({ source: 'bootstrap' }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  it('does not depend on what auto found: a plan needs no engine', () => {
    const before = reference({});
    writeFileSync(`${stateDir}/image.json`, '{"auto":"bootstrap"}');
    expect(reference({})).toBe(before);
  });

  it('is recomputed over a garbled state', () => {
    const before = reference({});
    for (const text of ['', '{', 'null', '[1]', '{"auto":7,"archive":"x"}']) {
      writeFileSync(`${stateDir}/image.json`, text);
      expect(reference({})).toBe(before);
    }
  });

  describe('with an archive', () => {
    const archive = (): string => `${stateDir}/base.tar`;
    const wish = () => ({ source: 'archive', archive: archive() }) as const;

    it('follows its content', () => {
      writeFileSync(archive(), 'one');
      const one = reference(wish());
      writeFileSync(archive(), 'other');
      expect(reference(wish())).not.toBe(one);
    });

    it('reads it once: the digest is remembered by size, time and inode', () => {
      writeFileSync(archive(), 'one');
      utimesSync(archive(), 1000, 1000);
      const one = reference(wish());
      // Same stamp, other content: only somebody who reads the file would notice.
      writeFileSync(archive(), 'two');
      utimesSync(archive(), 1000, 1000);
      expect(reference(wish())).toBe(one);
    });

    it('says what to set when none is named, and which one is missing', () => {
      expect(() => reference({ source: 'archive' })).toThrow(
        expect.objectContaining({ code: 'invalid_config' }),
      );
      expect(() => reference(wish())).toThrow(expect.objectContaining({ code: 'not_found' }));
    });
  });
});
