import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { installationId, newSessionId } from '../../src/host/identity.ts';

let dir: string;
beforeEach(() => (dir = mkdtempSync(join(tmpdir(), 'ct-identity-'))));
afterEach(() => rmSync(dir, { recursive: true }));

describe('installationId', () => {
  it('is made once and then kept', () => {
    const id = installationId(dir);
    expect(id).toMatch(/^[0-9a-f]{16}$/u);
    expect(installationId(dir)).toBe(id);
    expect(readdirSync(dir)).toEqual(['instance']);
  });

  it('is made anew when the file is garbled', () => {
    writeFileSync(join(dir, 'instance'), 'x'.repeat(99));
    expect(installationId(dir)).toMatch(/^[0-9a-f]{16}$/u);
  });
});

it('gives sessions different ids', () => {
  expect(new Set(Array.from({ length: 100 }, newSessionId)).size).toBe(100);
});
